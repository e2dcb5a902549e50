/**
 * The root of this plugin's errors: mistakes that the person at the keyboard can fix. The message says what
 * happened, where, and what to do; `code` stays the same when the message changes.
 *
 * There is no stack, because Nx offers to show it whenever there is one, and here it would not help.
 */
export abstract class PluginError extends Error {
  abstract readonly code: `QUEUE_PLUGIN_${string}`;
  /** Marks a message that is written for a person, as the job runtime marks its own. */
  readonly userFacing = true;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.stack = '';
  }
}
