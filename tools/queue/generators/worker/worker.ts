import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formatFiles, getProjects, installPackagesTask } from '@nx/devkit';
import { PLUGIN_NAME, packageManager } from '../../workspace/index';
import { nestApps } from '../plan/nest-apps';
import { treeWorkspace, updateComposeFile, updateRegistries } from '../plan/tree-workspace';
import { planWorker, type WorkerPlan } from './plan-worker';
import type { WorkerOptions } from './worker-options';

/**
 * `nx g @tools/queue:worker <name>`: adds an application that runs processors, like the first worker.
 *
 * Throws a `PluginError`, and writes nothing, if the name or the port is not valid, or the project exists.
 */
export default async function workerGenerator(
  tree: Tree,
  options: WorkerOptions,
): Promise<GeneratorCallback> {
  const before = treeWorkspace(tree);
  const projects = Object.fromEntries(getProjects(tree));
  const [like] = nestApps(before, projects);
  const plan = planWorker(before, projects, options, like);
  await plan.files.write(tree);
  if (!options.skipFormat) await formatFiles(tree);
  // After formatting, which must leave these files as `nx sync` writes them. Read anew, with the new worker.
  const workspace = treeWorkspace(tree);
  updateRegistries(tree, workspace);
  updateComposeFile(tree, workspace);
  return () => {
    // The package manager has to link it.
    if (plan.isPackage) installPackagesTask(tree, true);
    console.log(nextSteps(plan));
  };
}

function nextSteps({ given, name, root, port, variables, isStandalone }: WorkerPlan): string {
  const { exec } = packageManager();
  return `${given === name ? '' : `\n"${given}" is named "${name}", as Nx names files.`}
Worker "${name}" is in ${root}. Its health is served on port ${port}, unless ${variables.http} says otherwise;
${variables.processors} selects some of its processors.

Add a job to it:
  ${exec} nx g @tools/queue:processor resize --worker=${name}

Run it${isStandalone ? '' : ', alone or with all others'}:
  ${exec} nx serve ${name}
${isStandalone ? '' : '  npm start\n'}
Undo it:
  ${exec} nx g ${PLUGIN_NAME}:remove-worker ${name}
`;
}
