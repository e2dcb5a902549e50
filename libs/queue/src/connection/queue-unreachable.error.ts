import { ConnectionClosedError } from 'bullmq';
import { reasonOf } from '../text/reason-of';

/**
 * The queue store does not answer, or the connection to it was lost.
 *
 * Extends the one class that BullMQ takes for a lost connection: a worker then waits and tries the
 * same step again, instead of failing the job over it.
 */
export class QueueUnreachableError extends ConnectionClosedError {
  readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    cause: unknown,
  ) {
    super(
      `The queue store ${store} cannot be reached: ${reasonOf(cause)}. Start it, or correct its URL.`,
      cause,
    );
    this.name = new.target.name;
  }
}
