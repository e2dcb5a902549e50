import { UnrecoverableError } from 'bullmq';
import { markAsQueueError, type QueueError } from './queue.error';

/**
 * Retrying cannot help: the job fails permanently with this attempt, however many it has left.
 *
 *     if (response.status === 410) throw new NonRetryableError('The address is gone.', { cause });
 *
 * Extend it for an error of your own, with a `code` of its own.
 *
 * To do: fix what the message names, then redrive the job.
 *
 * @group Failed attempts
 */
export class NonRetryableError extends UnrecoverableError implements QueueError {
  readonly code: string = 'NON_RETRYABLE';
  readonly userFacing: boolean = false;

  /** What led to it, if anything was given. */
  override readonly cause?: unknown;

  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message);
    // BullMQ's class takes no options.
    if ('cause' in options) this.cause = options.cause;
  }

  static {
    markAsQueueError(this.prototype);
  }
}
