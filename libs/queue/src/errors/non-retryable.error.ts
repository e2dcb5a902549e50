import { UnrecoverableError } from 'bullmq';

/**
 * Trying again cannot help: the job fails for good with this attempt, however many it has left.
 *
 *     if (response.status === 410) throw new NonRetryableError('The address is gone.', { cause });
 */
export class NonRetryableError extends UnrecoverableError {
  /** What led to it, if anything was given. */
  override readonly cause?: unknown;

  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message);
    // BullMQ's class takes no options.
    if ('cause' in options) this.cause = options.cause;
    this.name = 'NonRetryableError';
  }
}
