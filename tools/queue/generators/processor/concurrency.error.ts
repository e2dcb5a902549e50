import { PluginError } from '../../workspace/index';

/** A worker cannot run this many jobs at the same time. */
export class ConcurrencyError extends PluginError {
  constructor(given: number) {
    super(
      `--concurrency is ${given}, and must be a whole number of at least 1: ` +
        'how many of these jobs one worker process runs at the same time.',
    );
  }
}
