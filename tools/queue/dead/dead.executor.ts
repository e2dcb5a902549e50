import type { ExecutorContext } from '@nx/devkit';
import { runWorkerCommand, type WorkerCommandOptions } from '../command/worker-command';
import type { ExecutorResult } from '../terminal/executor-result';
import { type Contract, findWorker, listProcessors, type QueueWorkspace } from '../workspace/index';

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

/** The contracts of the jobs that a worker runs. */
function contractsOfWorker(workspace: QueueWorkspace, worker: string): Contract[] {
  const processors = listProcessors(workspace, findWorker(workspace, worker));
  return [...new Set(processors.flatMap(({ contract }) => contract ?? []))];
}
