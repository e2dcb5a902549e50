import { ConnectionClosedError } from 'bullmq';
import { markAsQueueError, type QueueError } from '../errors/queue.error';
import { reasonOf } from '../text/reason-of';

/** @param startHint the command that starts the store */
export function unreachableMessage(store: string, cause: unknown, startHint?: string): string {
  const reason = reasonOf(cause).replace(/\.+$/, '');
  const start = startHint === undefined ? 'Start it' : `Start it (${startHint})`;
  return `The queue store ${store} cannot be reached: ${reason}. ${start}, or correct its URL.`;
}

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
    message = unreachableMessage(store, cause),
  ) {
    super(message, cause);
    // BullMQ sets the name of its own class.
    this.name = new.target.name;
  }

  static {
    markAsQueueError(this.prototype);
  }
}
