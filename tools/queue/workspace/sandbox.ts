import type { Processor } from './processors';
import type { Project, QueueWorkspace } from './queue-workspace';
import type { RegistryProblem } from './registry-problem';
import { sandboxMissing } from './registry-problem';

/**
 * The source of what the sandboxes of a worker's isolated processors run. Like `main.ts` it is an entry of
 * the application, and is bundled where it exists: `sandbox.js` beside `main.js`.
 */
export function sandboxPath({ sourceRoot }: Pick<Project, 'sourceRoot'>): string {
  return `${sourceRoot}/sandbox.ts`;
}

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
