import { reasonOf } from '../text/reason-of';
import { QueueUnreachableError } from './queue-unreachable.error';

/**
 * The queue store answers, and refuses commands for a while: it is loading its data, busy with a script, a replica
 * now, or a part of its cluster is away.
 *
 * Extends {@link QueueUnreachableError}: what waits for the one waits for the other too.
 *
 * To do: nothing if it is over in seconds; otherwise what the message says. Answer a request with 503, and retry an
 * `add` later. A job that ends meanwhile is not run again: its worker stores the end as soon as it can.
 *
 * @group Starting a process
 */
export class QueueRefusingError extends QueueUnreachableError {
  override readonly code = 'QUEUE_REFUSING';

  /** @param advice sentences that follow the reason */
  constructor(store: string, cause: unknown, advice = '') {
    super(
      store,
      cause,
      `The queue store ${store} refuses commands for now: ${sentence(cause)} ${advice}`.trim(),
    );
  }
}

/**
 * The queue store is full: nothing can be added, and no job starts. The outbox keeps its jobs.
 *
 * To do: raise the limit (`maxmemory` of Redis, the disk of Postgres), or remove jobs that are no longer needed: completed
 * and dead ones. Answer a request with 503, and retry an `add` later.
 *
 * @group Starting a process
 */
export class QueueFullError extends QueueUnreachableError {
  override readonly code = 'QUEUE_FULL';

  constructor(store: string, cause: unknown) {
    super(
      store,
      cause,
      `The queue store ${store} is full: ${sentence(cause)} Nothing can be added, and no job starts. ` +
        'Raise its limit (maxmemory of Redis, the disk of Postgres), or remove jobs that are no longer needed.',
    );
  }
}

function sentence(cause: unknown): string {
  const reason = reasonOf(cause).trim();
  return /[.!?]$/.test(reason) ? reason : `${reason}.`;
}
