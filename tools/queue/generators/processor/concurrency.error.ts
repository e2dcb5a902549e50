import { PluginError } from '../../workspace/index';

/**
 * `--concurrency` is not a whole number of at least 1.
 *
 * To do: pass how many of these jobs one worker process runs at the same time, or leave the option out.
 */
export class ConcurrencyError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_CONCURRENCY';

  constructor(given: number) {
    super(
      `--concurrency is ${given}, and must be a whole number of at least 1: ` +
        'how many of these jobs one worker process runs at the same time.',
    );
  }
}
