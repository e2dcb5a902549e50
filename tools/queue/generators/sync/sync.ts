import type { Tree } from '@nx/devkit';
import { checkSources, type QueueWorkspace, RegistryError } from '../../workspace/index';
import { manifestDirectory, readSettings } from '../kubernetes/settings';
import { type ManifestChange, updateManifests } from '../kubernetes/update-manifests';
import { treeWorkspace, updateComposeFile, updateRegistries } from '../plan/tree-workspace';

/** What Nx shows when `nx sync:check` finds the files out of date. */
export interface SyncResult {
  outOfSyncMessage: string;
  outOfSyncDetails: string[];
}

/**
 * Keeps each worker's `processors.generated.ts` in step with its `*.processor.ts` files, the compose file of the
 * workspace, if it asks for it, in step with the workers, and the manifests of Kubernetes, if there are some, in step with
 * both.
 *
 * Throws `RegistryError` for what only a person can fix (a contract without a processor, two
 * processors on one job), and `ManifestsEditedError` for manifests that have to change and were edited: then `nx sync`
 * and `nx sync:check` fail and show why.
 */
export default function syncRegistries(tree: Tree): SyncResult | undefined {
  const workspace = treeWorkspace(tree);
  const problems = checkSources(workspace);
  if (problems.length > 0) throw new RegistryError(problems);

  // First, as it may refuse, and then nothing must have been written.
  const manifests = syncManifests(tree, workspace);
  const registries = updateRegistries(tree, workspace);
  const compose = updateComposeFile(tree, workspace);
  const changes = [...registries, ...(compose ? [compose] : [])];
  if (changes.length + manifests.length === 0) return undefined;
  return {
    outOfSyncMessage: [
      ...registries.map(summary),
      ...(compose ? [`${compose.file} must run every worker of the workspace.`] : []),
      ...(manifests.length > 0
        ? ['The manifests of Kubernetes must have every worker and scale it by each of its queues.']
        : []),
    ].join(' '),
    outOfSyncDetails: [
      ...changes.flatMap(({ file, details }) => [
        `${file}:`,
        ...(details.length > 0 ? details : ['was edited manually']).map((line) => `  ${line}`),
      ]),
      ...manifests.map(({ file, what }) => `${what.padEnd(8)} ${file}`),
    ],
  };
}

/** Does nothing in a workspace that has no manifests. */
function syncManifests(tree: Tree, workspace: QueueWorkspace): ManifestChange[] {
  const directory = manifestDirectory(workspace.files);
  const settings = readSettings(workspace.files, directory);
  return settings ? updateManifests(tree, workspace, directory, settings) : [];
}

/** A build shows this without the details. */
function summary({ file, details }: { file: string; details: readonly string[] }): string {
  const what = details.map((line) => line.replace(/ +/, ' ')).join(', ') || 'undoes a manual edit';
  return `${file} must list every processor of its worker; sync ${what}.`;
}
