import type { Processor } from './processors';
import type { QueueWorkspace } from './queue-workspace';
import type { RegistryProblem } from './registry-problem';
import { sandboxMissing } from './registry-problem';
import { sandboxPath } from './sandbox-path';

/** A worker that has isolated processors needs a file for their sandboxes. */
export function checkSandboxes(
  workspace: QueueWorkspace,
  processors: readonly Processor[],
): RegistryProblem[] {
  return workspace.workers.flatMap((worker) => {
    const sandbox = sandboxPath(worker);
    const isolated = processors.filter(
      ({ worker: name, classes }) => name === worker.name && isIsolated(classes[0]?.isolation),
    );
    if (isolated.length === 0 || workspace.files.exists(sandbox)) return [];
    return [sandboxMissing(worker, sandbox, isolated, workspace.runtime.consumer)];
  });
}

/** If the source does not show it, the worker checks when it starts. */
function isIsolated(isolation: string | undefined): boolean {
  return isolation !== undefined && isolation !== 'computed';
}
