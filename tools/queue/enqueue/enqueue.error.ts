import { PluginError } from '../workspace/index';

/** The job cannot be added, and the person who asked for it can tell why from the message. */
export class EnqueueError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_ENQUEUE';
}
