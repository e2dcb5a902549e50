import type { ExecutorContext } from '@nx/devkit';
import { runWorkerCommand, type WorkerCommandOptions } from '../command/worker-command';
import type { ExecutorResult } from '../terminal/executor-result';
import { findContract } from '../workspace/index';

/** `nx run <worker>:enqueue --job=<name> --data='{…}'`. The runtime reads the options; see schema.json. */
export default function enqueueExecutor(
  { job, ...options }: WorkerCommandOptions & { job: string },
  context: ExecutorContext,
): Promise<ExecutorResult> {
  return runWorkerCommand(context, options, {
    name: 'enqueue',
    run: 'runEnqueue',
    contracts: (workspace) => [findContract(workspace, job)],
  });
}
