import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formatFiles, getPackageManagerCommand } from '@nx/devkit';
import { PLUGIN_NAME } from '../../workspace/index';
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
 * everything that uses them.
 *
 * Throws a `PluginError`, and writes nothing, if the name is taken, something cannot follow, or the queue store holds jobs
 * of it.
 *
 * @param check of the queue store; by default the one that the workspace's commands use is asked
 * @param terminal to ask on if a name is missing; by default that of this process
 */
export default async function renameGenerator(
  tree: Tree,
  options: RenameOptions,
  check?: StoreCheck,
  terminal?: Terminal,
): Promise<GeneratorCallback> {
  const workspace = treeWorkspace(tree);
  const roots = projectRoots(tree);
  const question = { message: 'Which job gets another name?', example: 'rename email mail' };
  const name = await chooseJob(workspace, options.name, question, terminal);
  const newName = await askNewName(workspace, name, options.newName, terminal);
  const plan = await planRename(tree, workspace, roots, { ...options, name, newName }, check);

  applyMove(tree, plan.files);
  if (plan.nxJson !== undefined) tree.write('nx.json', plan.nxJson);
  if (!options.skipFormat) await formatFiles(tree);
  updateRegistries(tree, treeWorkspace(tree));
  return () => {
    console.log(nextSteps(plan));
  };
}

function nextSteps({ job, next, lost, mentions }: Renaming): string {
  const { exec } = getPackageManagerCommand();
  const notes = [
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
Job "${job}" is named "${next}", and so is its queue. Before you deploy it where jobs of "${job}" wait, let them finish:
the queue of the old name has no worker afterwards.
${notes.map((note) => `\n${note}\n`).join('')}
Test it:
  ${exec} nx affected -t lint typecheck test

Undo it:
  ${exec} nx g ${PLUGIN_NAME}:rename ${next} ${job}
`;
}
