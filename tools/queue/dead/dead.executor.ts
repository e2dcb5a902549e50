import type { ExecutorContext } from '@nx/devkit';
import { contractsOfWorker } from '../command/contracts-of-worker';
import { runWorkerCommand, type WorkerCommandOptions } from '../command/worker-command';
import type { ExecutorResult } from '../terminal/executor-result';

/**
 * `nx run <worker>:dead [--job=<name>] [--id=<id>] [--redrive | --remove]`. The runtime reads the options; see
 * schema.json.
 */
export default function deadExecutor(
  options: WorkerCommandOptions,
  context: ExecutorContext,
): Promise<ExecutorResult> {
  return runWorkerCommand(context, options, {
    name: 'dead',
    run: 'runDead',
    contracts: contractsOfWorker,
  });
}
