import { PluginError } from '../../workspace/index';

/** `--isolation` is none of what a processor can have. */
export class IsolationError extends PluginError {
  constructor(given: string) {
    super(
      `--isolation is "${given}", and must be one of: process (its jobs run in child processes of the ` +
        'worker), thread (in threads of it), none (in the worker itself, as without the option).',
    );
  }
}
