import { ConnectionClosedError } from 'bullmq';
import { markAsQueueError, type QueueError } from '../errors/queue.error';
import { reasonOf } from '../text/reason-of';

/**
 * The queue store does not answer, or the connection to it was lost.
 *
 * Extends the one class that BullMQ takes for a lost connection: a worker then waits and retries the same step,
 * and does not fail the job.
 *
 * To do: start the queue store, or correct its URL. While a process runs it
 * reconnects by itself; answer a request with 503 and retry an `add` later.
 *
 * @group Starting a process
 */
export class QueueUnreachableError extends ConnectionClosedError implements QueueError {
  readonly code: string = 'QUEUE_UNREACHABLE';
  readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    cause: unknown,
    message = `The queue store ${store} cannot be reached: ${reasonOf(cause).replace(/\.+$/, '')}. Start it, or correct its URL.`,
  ) {
    super(message, cause);
    // BullMQ sets the name of its own class.
    this.name = new.target.name;
  }

  static {
    markAsQueueError(this.prototype);
  }
}
