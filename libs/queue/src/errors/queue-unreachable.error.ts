import { ConnectionClosedError } from 'bullmq';

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
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : codeOf(cause);
    super(`The queue store ${store} cannot be reached: ${reason}.`, cause);
    this.name = new.target.name;
  }
}

/** Node's AggregateError for a host with several addresses has a code and no message. */
function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
