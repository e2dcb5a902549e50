import { PluginError, type Project, type QueueWorkspace } from '../../workspace/index';
import { workerPort } from '../../workspace/inferred-targets.cjs';

/**
 * `--port` is not a port, or is the one of another worker.
 *
 * To do: pass a number from 1 to 65535 that no other worker has, or leave the option out.
 */
export class WorkerPortError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_WORKER_PORT';
}

/** The port of a first worker. */
const FIRST = 3001;

/**
 * The port that a new worker has by default, so that all workers run on one machine.
 *
 * @throws WorkerPortError
 */
export function choosePort({ workers, files }: QueueWorkspace, given: number | undefined): number {
  const portOf = (worker: Project) => workerPort(worker, (path) => files.read(path, 'utf-8'))?.port;
  const last = Math.max(FIRST - 1, ...workers.flatMap((worker) => portOf(worker) ?? []));
  const port = given ?? last + 1;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new WorkerPortError(
      `${given === undefined ? 'The next port' : '--port'} is ${port}, and must be a whole number from 1 to 65535. Nothing was written.`,
    );
  }
  const holder = workers.find((worker) => portOf(worker) === port);
  if (holder) {
    throw new WorkerPortError(
      `The worker "${holder.name}" has port ${port}, and both run on one machine. ` +
        `Pass another --port, or leave the option out for ${last + 1}. Nothing was written.`,
    );
  }
  return port;
}
