import type { ExecutorContext } from '@nx/devkit';
import { contractsOfWorker } from '../command/contracts-of-worker';
import { runWorkerCommand, type WorkerCommandOptions } from '../command/worker-command';
import type { ExecutorResult } from '../terminal/executor-result';

/** An executor that operates the queues of a worker. */
export type OperateExecutor = (
  options: WorkerCommandOptions,
  context: ExecutorContext,
) => Promise<ExecutorResult>;

/**
 * `nx run <worker>:<name>`. The runtime reads the options; see the executor's schema.
 *
 * @param run the function that the runtime exports for it
 */
export function operateExecutor(name: string, run: string): OperateExecutor {
  return (options, context) =>
    runWorkerCommand(context, options, { name, run, contracts: contractsOfWorker });
}
