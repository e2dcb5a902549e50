import { listContracts } from './contracts';
import { listProcessors } from './processors';
import type { QueueWorkspace } from './queue-workspace';
import { describeChange, registryPath, renderRegistry } from './registry';

export interface RegistryChange {
  worker: string;
  /** The registry, relative to the workspace root. */
  file: string;
  /** One line an entry that was added or removed. */
  details: string[];
}

/**
 * Brings the registry of every worker up to date and returns what changed. Files that are right
 * already are not written. `write` is the tree's in a generator, and the disk's elsewhere.
 */
export function writeRegistries(
  workspace: QueueWorkspace,
  write: (path: string, content: string) => void,
): RegistryChange[] {
  const contracts = listContracts(workspace);
  return workspace.workers.flatMap((worker) => {
    const file = registryPath(worker);
    const current = workspace.files.read(file, 'utf-8') ?? '';
    const processors = listProcessors(workspace, worker, contracts);
    const next = renderRegistry(workspace, worker, processors);
    if (current === next) return [];
    write(file, next);
    return [{ worker: worker.name, file, details: describeChange(current, next) }];
  });
}
