import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formatFiles, getProjects, readNxJson, updateNxJson } from '@nx/devkit';
import {
  findWorker,
  PLUGIN_NAME,
  PluginError,
  type QueueWorkspace,
  TAGS,
} from '../../workspace/index';
import { treeWorkspace } from '../plan/tree-workspace';
import { findApi } from './api-project';
import { type ConfigFiles, describeApplications } from './describe-applications';
import type { KubernetesOptions } from './kubernetes-options';
import { SET_VARIABLES } from './manifests/environment';
import { nextSteps } from './next-steps';
import { renderOverlays } from './render-manifests';
import {
  type DescribedApplications,
  folderPath,
  formatSettings,
  type KubernetesSettings,
  manifestDirectory,
  readSettings,
  settingsFile,
  type Variable,
} from './settings';
import { updateManifests } from './update-manifests';

/** Only this workspace has it. */
const GUIDE = 'docs/guides/kubernetes.md';

/**
 * There is nothing to write manifests for: the workspace has no worker, or no library that configures workers.
 *
 * To do: add a worker, or give the library that starts workers the tag `queue:worker-app`.
 */
export class NothingToDeployError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NOTHING_TO_DEPLOY';
}

/**
 * `nx g @tools/queue:kubernetes`: writes a Kustomize base for the api and every worker, which `nx sync` keeps from then on,
 * and two overlays to begin with.
 *
 * Throws a `PluginError`, and writes nothing, if the applications cannot be read, or files of the base were edited.
 *
 * @param describe reads the configuration of the applications; by default it runs their code
 */
export default async function kubernetesGenerator(
  tree: Tree,
  options: KubernetesOptions,
  describe = describeApplications,
): Promise<GeneratorCallback> {
  const workspace = treeWorkspace(tree);
  const projects = getProjects(tree);
  const directory = folderPath(options.directory ?? manifestDirectory(workspace.files));
  const before = readSettings(workspace.files, directory);
  if (workspace.workers.length === 0) {
    throw new NothingToDeployError(
      `No project has the tag "${TAGS.worker}", so there is no worker to deploy. Add one: nx g @tools/queue:worker media. Nothing was written.`,
    );
  }
  const api = findApi(projects, options.api ?? before?.api.project);
  const files: ConfigFiles = {
    api: `${projects.get(api.project)?.sourceRoot ?? ''}/config.ts`,
    worker: workerConfigFile(tree),
  };
  const settings: KubernetesSettings = {
    namespace: options.namespace ?? before?.namespace ?? 'jobs',
    api,
    split: splitWorkers(workspace, options.split) ?? before?.split ?? [],
    maxReplicas: options.maxReplicas ?? before?.maxReplicas ?? 5,
    applications: relevant(await describe(tree.root, workspace, files), api.portVariable),
  };

  updateManifests(tree, workspace, directory, settings, { force: options.force });
  tree.write(settingsFile(directory), formatSettings(settings));
  for (const [path, text] of renderOverlays(workspace, settings)) {
    const file = `${directory}/${path}`;
    // Whoever has another overlay does not need these, and may have deleted them.
    if (before === undefined && !tree.exists(file)) tree.write(file, text);
  }
  if (directory !== manifestDirectory(workspace.files)) keepDirectory(tree, directory);
  if (!options.skipFormat) await formatFiles(tree);
  const guide = tree.exists(GUIDE) ? GUIDE : undefined;
  return () => {
    console.log(nextSteps(directory, settings, guide));
  };
}

/** Only what the manifests show: the settings are read by people too. */
function relevant(
  { api, worker, stopping }: DescribedApplications,
  port: string,
): DescribedApplications {
  const isShown = ({ name, isSecret }: Variable) =>
    isSecret || name === port || SET_VARIABLES.includes(name);
  return { api: api.filter(isShown), worker: worker.filter(isShown), stopping };
}

/** @throws UnknownWorkerError */
function splitWorkers(workspace: QueueWorkspace, given: string | undefined): string[] | undefined {
  if (given === undefined) return undefined;
  if (given === 'none') return [];
  return given.split(',').map((name) => findWorker(workspace, name.trim()).name);
}

function workerConfigFile(tree: Tree): string {
  const [library] = [...getProjects(tree).values()].filter(({ tags }) =>
    tags?.includes(TAGS.workerApp),
  );
  if (library) return `${library.sourceRoot ?? `${library.root}/src`}/config.ts`;
  throw new NothingToDeployError(
    `No project has the tag "${TAGS.workerApp}": the library whose config.ts exports workerConfig and describeConfig, from which ` +
      'the variables of the workers are read. Nothing was written.',
  );
}

/** So that `nx sync` finds the manifests, and the next call of the generator too. */
function keepDirectory(tree: Tree, directory: string): void {
  const nxJson = readNxJson(tree) ?? {};
  const generators = { ...nxJson.generators, [`${PLUGIN_NAME}:kubernetes`]: { directory } };
  updateNxJson(tree, { ...nxJson, generators });
}
