import { PluginError, type QueueWorkspace } from '../../workspace/index';
import { resourceName, workerDeployments } from './deployments';
import { withHeader } from './generated-file';
import { apiManifest } from './manifests/api';
import { migrationManifest, networkManifest } from './manifests/cluster';
import { apiEnvironment, commonEnvironment, workerEnvironment } from './manifests/environment';
import {
  baseKustomization,
  imagesOf,
  overlay,
  redisComponent,
  redisNetwork,
} from './manifests/kustomizations';
import { workerManifest } from './manifests/worker';
import type { KubernetesSettings } from './settings';

/**
 * Two objects of the manifests would have the same name: two workers, or a worker and what every workspace has.
 *
 * To do: rename a worker, or undo `--split` for it.
 */
export class DeploymentNameError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_DEPLOYMENT_NAME';

  constructor(file: string) {
    super(
      `Two of the manifests would be ${file}. Rename a worker, or undo its --split (nx g @tools/queue:kubernetes --split=none). ` +
        'Nothing was written.',
    );
  }
}

/** Folders whose files are kept, below that of the manifests. */
export const KEPT_FOLDERS = ['base', 'components/redis'];

/**
 * The files that are kept in step with the workspace, by their paths below the folder of the manifests.
 *
 * @throws DeploymentNameError
 */
export function renderManifests(
  workspace: QueueWorkspace,
  settings: KubernetesSettings,
): Map<string, string> {
  const deployments = workerDeployments(workspace, settings);
  const api = resourceName(settings.api.project);
  const bodies: [string, string][] = [
    ['base/kustomization.yaml', baseKustomization(deployments, settings)],
    ['base/network.yaml', networkManifest(settings)],
    ['base/migrate.yaml', migrationManifest(settings)],
    ['base/common.env', commonEnvironment(settings)],
    [`base/${api}.yaml`, apiManifest(settings)],
    [`base/${api}.env`, apiEnvironment(settings)],
    ...deployments.flatMap((deployment): [string, string][] => [
      [`base/${deployment.name}.yaml`, workerManifest(deployment, settings)],
      [`base/${deployment.name}.env`, workerEnvironment(deployment, settings)],
    ]),
    ['components/redis/kustomization.yaml', redisComponent()],
    ['components/redis/network.yaml', redisNetwork(settings)],
  ];
  const files = new Map<string, string>();
  for (const [file, body] of bodies) {
    if (files.has(file)) throw new DeploymentNameError(file);
    files.set(file, withHeader(body));
  }
  return files;
}

/** The files that are written once, and then belong to people. */
export function renderOverlays(
  workspace: QueueWorkspace,
  settings: KubernetesSettings,
): Map<string, string> {
  const images = imagesOf(workerDeployments(workspace, settings), settings);
  const stores = ['postgres', 'redis'] as const;
  return new Map(
    stores.map((store) => [
      `overlays/${store}/kustomization.yaml`,
      overlay(store, images, settings),
    ]),
  );
}
