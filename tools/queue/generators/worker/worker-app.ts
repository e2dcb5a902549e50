import { PluginError, type Project, type QueueWorkspace, TAGS } from '../../workspace/index';

/**
 * The library that starts a worker cannot be found: no project has the tag `queue:worker-app`, several have it, or a file
 * of it has no import path.
 *
 * To do: give exactly one library the tag, and its files a line in `compilerOptions.paths` of tsconfig.base.json.
 */
export class WorkerAppError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_WORKER_APP';
}

/** What a worker imports from that library, by what it is for. */
export interface WorkerAppImports {
  /** `endOnEarlySignal`. */
  earlySignal: string;
  /** `startWorker`. */
  start: string;
  /** `runWorkerSandbox`. */
  sandbox: string;
  /** `WorkerDefinition`. */
  definition: string;
  /** `loadWorkerConfig`. */
  config: string;
}

/** @throws WorkerAppError */
export function workerAppImports(
  { imports }: QueueWorkspace,
  tagged: readonly Project[],
): WorkerAppImports {
  const [library, second] = tagged;
  if (!library || second) {
    throw new WorkerAppError(
      `${library ? 'Several projects have' : 'No project has'} the tag "${TAGS.workerApp}": the library that ` +
        'holds startWorker and runWorkerSandbox. Give it to exactly one. Nothing was written.',
    );
  }
  const entry = (name: string): string => {
    const file = `${library.sourceRoot}/${name}.ts`;
    const specifier = imports.specifierFor(file);
    if (specifier !== undefined) return specifier;
    throw new WorkerAppError(
      `${file} of the project "${library.name}" has no import path. ` +
        'Add one to "compilerOptions.paths" in tsconfig.base.json. Nothing was written.',
    );
  };
  return {
    earlySignal: entry('early-signal'),
    start: entry('start-worker'),
    sandbox: entry('run-worker-sandbox'),
    definition: entry('worker-definition'),
    config: entry('config'),
  };
}
