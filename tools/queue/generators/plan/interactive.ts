import { PluginError } from '../../workspace/index';

/** Nx sets NX_INTERACTIVE unless `--no-interactive` is passed; a program in a pipe can answer nothing. */
export function isInteractive(): boolean {
  const { CI, NX_INTERACTIVE } = process.env;
  return process.stdout.isTTY && NX_INTERACTIVE === 'true' && (!CI || CI === 'false');
}

/**
 * A generator needs a name, and can ask no one for it.
 *
 * To do: pass the name after the generator, as in the message.
 */
export class NameMissingError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NAME_MISSING';

  constructor(command: string) {
    super(`A name is missing, and there is no terminal to ask for it. Write: ${command}`);
  }
}

/**
 * A question of a generator was cancelled.
 *
 * To do: run the generator again, or pass as options what it asks for.
 */
export class CancelledError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_CANCELLED';

  constructor() {
    super('Cancelled. Nothing was written.');
  }
}
