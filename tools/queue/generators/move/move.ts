import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formatFiles } from '@nx/devkit';
import { chooseJob, type Terminal } from '../plan/choose-job';
import { KnownJobs } from '../plan/known-jobs';
import { applyMove } from '../plan/moved-files';
import { describeObstacles } from '../plan/standing-in-the-way';
import { writeEdits } from '../plan/text-edits';
import { projectRoots, treeWorkspace, updateRegistries } from '../plan/tree-workspace';
import type { MoveOptions } from './move-options';
import { planProcessorMove, type ProcessorMove } from './plan-move';
import { packageManager } from '../../workspace/package-manager';

/**
 * `nx g @tools/queue:move <job> --to=<worker>`: moves the processor of a job, with the files beside it, to another worker.
 *
 * Throws a `PluginError`, and writes nothing, if something uses the files that cannot follow.
 *
 * @param terminal to ask on if the name is missing; by default that of this process
 */
export default async function moveGenerator(
  tree: Tree,
  options: MoveOptions,
  terminal?: Terminal,
): Promise<GeneratorCallback> {
  const workspace = treeWorkspace(tree);
  const roots = projectRoots(tree);
  const question = {
    message: 'Which job moves to another worker?',
    example: 'move thumbnail --to=media',
    jobs: new KnownJobs(workspace).processed,
  };
  const name = await chooseJob(workspace, options.name, question, terminal);
  const plan = await planProcessorMove(workspace, roots, { ...options, name }, terminal);

  applyMove(tree, plan.files);
  await plan.added.write(tree);
  writeEdits(tree, plan.selections);
  if (!options.skipFormat) await formatFiles(tree);
  updateRegistries(tree, workspace);
  return () => {
    console.log(nextSteps(plan));
  };
}

function nextSteps({ job, from, to, files, added, selections, left }: ProcessorMove): string {
  const { exec } = packageManager();
  const edited = [...selections.keys()].map((file) => `\n  ${file}  has the processors that run`);
  const sandbox = added.files.map((file) => `\n  ${file}  is new: its sandboxes run it`);
  const notes = left.length === 0 ? '' : `\n\nThis is left to you:\n${describeObstacles(left)}`;
  return `
Job "${job}" is processed by "${to.name}", no longer by "${from.name}": ${files.moves.size} ${files.moves.size === 1 ? 'file' : 'files'} moved.${[...edited, ...sandbox].join('')}${notes}

Its queue is the same: jobs that wait there are processed by "${to.name}". Deploy "${to.name}" first, then "${from.name}".

Test it:
  ${exec} nx run-many -t lint typecheck test -p ${from.name},${to.name}

Undo it:
  ${exec} nx g @tools/queue:move ${job} --to=${from.name}
`;
}
