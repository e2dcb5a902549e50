import { PluginError } from '../../workspace/index';

/**
 * The job has no processor in this workspace, or it is where it should go. Nothing was written.
 *
 * To do: name a job that a worker of this workspace processes, and another worker.
 */
export class NothingToMoveError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NOTHING_TO_MOVE';
}
