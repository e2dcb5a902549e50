import { PluginError } from '../workspace/plugin.error';

/**
 * `npx queue` is given a command, an option or a worker that it does not have.
 *
 * To do: correct what the message names; `npx queue --help` lists the commands.
 */
export class CommandLineError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_COMMAND_LINE';
}
