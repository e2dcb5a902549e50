import { PluginError } from '../../workspace/index';
import { describeObstacles, type Obstacle } from '../plan/standing-in-the-way';

/**
 * A worker cannot be removed: it still has processors, or other projects refer to it. Nothing was written.
 *
 * To do: move or remove its processors with the commands of the message, and change what refers to it.
 */
export class WorkerInUseError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_WORKER_IN_USE';

  constructor(worker: string, obstacles: readonly Obstacle[], force: string) {
    const list = describeObstacles(obstacles);
    super(`Worker "${worker}" cannot be removed. Nothing was written.\n${list}${force}`);
  }
}
