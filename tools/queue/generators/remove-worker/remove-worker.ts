import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formatFiles, getProjects, installPackagesTask } from '@nx/devkit';
import type { Terminal } from '../plan/choose-job';
import { describeObstacles } from '../plan/standing-in-the-way';
import { treeWorkspace, updateComposeFile } from '../plan/tree-workspace';
import { chooseWorker } from './choose-worker';
import { planWorkerRemoval, type WorkerRemoval } from './plan-worker-removal';
import type { RemoveWorkerOptions } from './remove-worker-options';
import { packageManager } from '../../workspace/package-manager';

/**
 * `nx g @tools/queue:remove-worker <name>`: deletes an application that runs processors, and what runs it.
 *
 * Throws a `PluginError`, and deletes nothing, if it has processors or other projects refer to it.
 *
 * @param terminal to ask on if the name is missing; by default that of this process
 */
export default async function removeWorkerGenerator(
  tree: Tree,
  { name, force = false, skipFormat = false }: RemoveWorkerOptions,
  terminal?: Terminal,
): Promise<GeneratorCallback> {
  const workspace = treeWorkspace(tree);
  const worker = await chooseWorker(workspace, name, terminal);
  const isPackage = tree.exists(`${worker.root}/package.json`);
  const plan = planWorkerRemoval(
    tree,
    workspace,
    Object.fromEntries(getProjects(tree)),
    worker,
    force,
  );

  if (plan.tsconfig !== undefined) tree.write('tsconfig.json', plan.tsconfig);
  for (const file of plan.deleted) tree.delete(file);
  if (!skipFormat) await formatFiles(tree);
  updateComposeFile(tree, treeWorkspace(tree));
  return () => {
    // The package manager has linked it.
    if (isPackage) installPackagesTask(tree, true);
    console.log(nextSteps(plan));
  };
}

function nextSteps({ worker, deleted, broken, mentions }: WorkerRemoval): string {
  const { exec } = packageManager();
  return [
    `Worker "${worker.name}" is removed: ${deleted.length} files deleted. "git restore" brings back what was committed.`,
    ...(broken.length > 0 ? [`Because of --force:\n${describeObstacles(broken)}`] : []),
    ...(mentions.length > 0
      ? [
          describeObstacles([
            { reason: `These lines may mean the worker. If so, change them:`, places: mentions },
          ]),
        ]
      : []),
    `Where it is deployed, stop it. Bring manifests up to date, if you have some:\n  ${exec} nx sync`,
  ]
    .map((part) => `\n${part}\n`)
    .join('');
}
