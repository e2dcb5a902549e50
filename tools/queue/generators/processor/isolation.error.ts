import { PluginError } from '../../workspace/index';

/**
 * `--isolation` is not one of process, thread and none.
 *
 * To do: pass one of these, or leave the option out.
 */
export class IsolationError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_ISOLATION';

  constructor(given: string) {
    super(
      `--isolation is "${given}", and must be one of: process (its jobs run in child processes of the ` +
        'worker), thread (in threads of it), none (in the worker itself, as without the option).',
    );
  }
}
