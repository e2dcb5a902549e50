import {
  addDependenciesToPackageJson,
  formatFiles,
  type GeneratorCallback,
  getProjects,
  installPackagesTask,
  type Tree,
} from '@nx/devkit';
import type { Terminal } from '../plan/choose-job';
import { Plan } from '../plan/plan';
import { treeWorkspace, updateRegistries } from '../plan/tree-workspace';
import { planWorker } from '../worker/plan-worker';
import { askInit } from './ask-init';
import type { InitOptions } from './init-options';
import { nestApps } from '../plan/nest-apps';
import { nextSteps } from './next-steps';
import { withPlugin } from './nx-settings';
import { missingPackages } from './packages';
import { planApi } from './plan-api';
import { planContracts, presentContracts } from './plan-contracts';
import { eslintSettings } from './plan-eslint';

/** What a library of contracts is called if no one says otherwise. */
const JOBS = 'jobs';

/**
 * `nx add @tools/queue`, `nx g @tools/queue:init`: sets up background jobs in a workspace. What is there already is left as it
 * is.
 *
 * Throws a `PluginError`, and writes nothing, if something stands in the way.
 *
 * @param terminal to ask on; by default that of this process, if it has one
 */
export default async function initGenerator(
  tree: Tree,
  options: InitOptions,
  terminal?: Terminal,
): Promise<GeneratorCallback> {
  const { dependencies, devDependencies } = missingPackages(tree);
  const install = addDependenciesToPackageJson(tree, dependencies, devDependencies);
  const projects = Object.fromEntries(getProjects(tree));
  const workspace = treeWorkspace(tree);
  const apps = nestApps(workspace, projects);
  const { workers, contractProjects } = workspace;
  const facts = { apps, workers, projects: Object.keys(projects) };
  const { api, worker } = await askInit(facts, options, terminal);

  const files = new Plan(workspace);
  const like = api ?? apps[0];
  const contracts =
    contractProjects.length === 0
      ? planContracts(files, workspace, projects, { name: options.jobs ?? JOBS, like })
      : undefined;
  const ofApi = api && planApi(files, workspace, api, contracts ?? presentContracts(workspace));
  const eslint = eslintSettings(tree);
  const nxJson = tree.read('nx.json', 'utf-8') ?? '{}';
  const nextNxJson = withPlugin(nxJson);
  files.edit('nx.json', () => nextNxJson);
  if (eslint?.next !== undefined) files.edit(eslint.file, () => eslint.next ?? '');
  files.refuseOverwriting(JOBS, false);

  await files.write(tree);
  // Read anew, with the contracts, which the worker may have to list.
  const newWorker =
    worker === undefined
      ? undefined
      : planWorker(
          treeWorkspace(tree),
          Object.fromEntries(getProjects(tree)),
          { name: worker },
          like,
        );
  await newWorker?.files.write(tree);
  if (!options.skipFormat) await formatFiles(tree);
  // After formatting, which must leave the registry as `nx sync` writes it. Read anew, with the new worker.
  const complete = treeWorkspace(tree);
  updateRegistries(tree, complete);

  const hasChanged =
    contracts !== undefined ||
    ofApi?.hasChanged === true ||
    newWorker !== undefined ||
    nextNxJson !== nxJson ||
    eslint?.next !== undefined ||
    Object.keys({ ...dependencies, ...devDependencies }).length > 0;
  return async () => {
    await install();
    // The package manager has to link the new packages of the workspace.
    if (contracts?.isPackage || newWorker?.isPackage) installPackagesTask(tree, true);
    const done = { hasChanged, api, ofApi, eslint, contracts, worker: newWorker };
    console.log(nextSteps(done, complete));
  };
}
