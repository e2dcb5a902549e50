import type { Tree } from '@nx/devkit';
import { checkSources, RegistryError } from '../../workspace/index';
import { treeWorkspace, updateComposeFile, updateRegistries } from '../plan/tree-workspace';

/** What Nx shows when `nx sync:check` finds the files out of date. */
export interface SyncResult {
  outOfSyncMessage: string;
  outOfSyncDetails: string[];
}

/**
 * Keeps each worker's `processors.generated.ts` in step with its `*.processor.ts` files, and the compose file of the
 * workspace, if it asks for it, in step with the workers.
 *
 * Throws `RegistryError` for what only a person can fix (a contract without a processor, two
 * processors on one job): then `nx sync` and `nx sync:check` fail and show why.
 */
export default function syncRegistries(tree: Tree): SyncResult | undefined {
  const workspace = treeWorkspace(tree);
  const problems = checkSources(workspace);
  if (problems.length > 0) throw new RegistryError(problems);

  const registries = updateRegistries(tree, workspace);
  const compose = updateComposeFile(tree, workspace);
  const changes = [...registries, ...(compose ? [compose] : [])];
  if (changes.length === 0) return undefined;
  return {
    outOfSyncMessage: [
      ...registries.map(summary),
      ...(compose ? [`${compose.file} must run every worker of the workspace.`] : []),
    ].join(' '),
    outOfSyncDetails: changes.flatMap(({ file, details }) => [
      `${file}:`,
      ...(details.length > 0 ? details : ['was edited manually']).map((line) => `  ${line}`),
    ]),
  };
}

/** A build shows this without the details. */
function summary({ file, details }: { file: string; details: readonly string[] }): string {
  const what = details.map((line) => line.replace(/ +/, ' ')).join(', ') || 'undoes a manual edit';
  return `${file} must list every processor of its worker; sync ${what}.`;
}
