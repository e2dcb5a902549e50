import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formatFiles } from '@nx/devkit';
import { moveRenamed } from '../../command/move-renamed';
import { QueueStoreSilentError } from '../../command/store-command';
import { PLUGIN_NAME, packageManager } from '../../workspace/index';
import { chooseJob, type Terminal } from '../plan/choose-job';
import type { StoreCheck } from '../plan/jobs-in-store';
import { applyMove } from '../plan/moved-files';
import { describeObstacles } from '../plan/standing-in-the-way';
import { projectRoots, treeWorkspace, updateRegistries } from '../plan/tree-workspace';
import { askNewName } from './ask-new-name';
import { planRename, type Renaming } from './plan-rename';
import type { RenameOptions } from './rename-options';

/**
 * `nx g @tools/queue:rename <job> <new name>`: gives a job another name, in its contract, its files, its classes and
 * everything that uses them. Jobs of the old name in the queue store are moved to the queue of the new one afterwards, if that
 * is wanted.
 *
 * Throws a `PluginError`, and writes nothing, if the name is taken, something cannot follow, or the queue store holds jobs
 * of it that are not to be moved.
 *
 * @param check of the queue store; by default the one that the workspace's commands use is asked
 * @param terminal to ask on if a name is missing or jobs can be moved; by default that of this process
 * @param move moves the jobs; by default in the store that the workspace's commands use
 */
export default async function renameGenerator(
  tree: Tree,
  options: RenameOptions,
  check?: StoreCheck,
  terminal?: Terminal,
  move: typeof moveRenamed = moveRenamed,
): Promise<GeneratorCallback> {
  const workspace = treeWorkspace(tree);
  const roots = projectRoots(tree);
  const question = { message: 'Which job gets another name?', example: 'rename email mail' };
  const name = await chooseJob(workspace, options.name, question, terminal);
  const newName = await askNewName(workspace, name, options.newName, terminal);
  const request = { ...options, name, newName };
  const plan = await planRename(tree, workspace, roots, request, check, terminal);

  applyMove(tree, plan.files);
  if (plan.nxJson !== undefined) tree.write('nx.json', plan.nxJson);
  if (!options.skipFormat) await formatFiles(tree);
  updateRegistries(tree, treeWorkspace(tree));
  return async () => {
    const { job, next } = plan;
    const moved = plan.movesJobs
      ? await textOfMove(() => move(tree.root, roots, job, next), plan)
      : undefined;
    console.log(nextSteps(plan, moved));
  };
}

/** What became of the jobs. The files are renamed by now, whatever happens to them. */
async function textOfMove(
  move: () => ReturnType<typeof moveRenamed>,
  { job, next }: Renaming,
): Promise<string> {
  const { exec } = packageManager();
  const again = `The files are renamed, but not all jobs are moved. Afterwards run:\n  ${exec} queue move --from=${job} --to=${next}`;
  try {
    const { text, isComplete } = await move();
    if (isComplete) return text;
    process.exitCode = 1;
    return `${text}\n${again}`;
  } catch (error) {
    if (!(error instanceof QueueStoreSilentError)) throw error;
    process.exitCode = 1;
    return `${error.message}\n${again}`;
  }
}

function nextSteps({ job, next, lost, mentions }: Renaming, moved: string | undefined): string {
  const { exec } = packageManager();
  const notes = [
    ...(moved === undefined ? [] : [moved]),
    ...(lost.length > 0 ? [`Because of --force:\n${describeObstacles(lost)}`] : []),
    ...(mentions.length > 0
      ? [
          describeObstacles([
            {
              reason: `These lines have "${job}" as a string. If they mean the job, change them:`,
              places: mentions,
            },
          ]),
        ]
      : []),
  ];
  return `
Job "${job}" is named "${next}", and so is its queue. Where it is deployed, jobs of "${job}" stay in the queue of the old name,
which has no worker any more. When all of the old version has stopped there, move them, with QUEUE_URL of that store:
  ${exec} queue move --from=${job} --to=${next}
${notes.map((note) => `\n${note}\n`).join('')}
Test it:
  ${exec} nx affected -t lint typecheck test

Undo it:
  ${exec} nx g ${PLUGIN_NAME}:rename ${next} ${job}
`;
}
