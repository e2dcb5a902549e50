import { PluginError } from '../workspace/index';

/** What is asked about dead jobs makes no sense, and the person who asked can tell why from the message. */
export class DeadError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_DEAD';
}
