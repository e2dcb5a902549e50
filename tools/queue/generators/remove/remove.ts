import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formatFiles } from '@nx/devkit';
import { withExternalJob, withoutExternalJob } from '../../workspace/index';
import { chooseJob, type Terminal } from '../plan/choose-job';
import type { StoreCheck } from '../plan/jobs-in-store';
import { describeObstacles } from '../plan/standing-in-the-way';
import { writeEdits } from '../plan/text-edits';
import { projectRoots, treeWorkspace, updateRegistries } from '../plan/tree-workspace';
import { planRemoval, type Removal } from './plan-removal';
import type { RemoveOptions } from './remove-options';

/**
 * `nx g @tools/queue:remove <job>`: deletes the contract of a job, its processor and all that belongs to it alone.
 *
 * Throws a `PluginError`, and deletes nothing, if something uses the job or the queue store holds jobs of it.
 *
 * @param check of the queue store; by default the one that the workspace's commands use is asked
 * @param terminal to ask on if the name is missing; by default that of this process
 */
export default async function removeGenerator(
  tree: Tree,
  options: RemoveOptions,
  check?: StoreCheck,
  terminal?: Terminal,
): Promise<GeneratorCallback> {
  const workspace = treeWorkspace(tree);
  const roots = projectRoots(tree);
  const question = { message: 'Which job goes?', example: 'remove thumbnail' };
  const name = await chooseJob(workspace, options.name, question, terminal);
  const plan = await planRemoval(tree, workspace, roots, { ...options, name }, check);

  writeEdits(tree, plan.edits);
  for (const file of plan.deleted) tree.delete(file);
  const nxJson = tree.read('nx.json', 'utf-8') ?? '';
  const next = (plan.isExternal ? withExternalJob : withoutExternalJob)(nxJson, name);
  if (next !== nxJson) tree.write('nx.json', next);
  if (!options.skipFormat) await formatFiles(tree);
  updateRegistries(tree, workspace);
  return () => {
    console.log(summary(plan));
  };
}

function summary({ job, deleted, isExternal, lost, mentions }: Removal): string {
  return [
    isExternal
      ? `Job "${job}" has no processor here any more. Its contract stays, and nx.json lists it among the jobs of other workspaces.`
      : `Job "${job}" is removed: ${deleted.length} files deleted. "git restore" brings them back.`,
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
  ]
    .map((part) => `\n${part}\n`)
    .join('');
}
