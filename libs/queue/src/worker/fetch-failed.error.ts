import { QueueError } from '../errors/queue.error';
import { reasonOf } from '../text/reason-of';

/**
 * A worker takes no job, because the queue store answers and refuses to hand one out. It tries again every second;
 * its process is not ready until it succeeds.
 *
 * To do: mend what the message says: give the user of the queue store the privilege, migrate the tables, or undo what
 * has changed them.
 *
 * @group Starting a process
 */
export class FetchFailedError extends QueueError {
  readonly code = 'FETCH_FAILED';
  override readonly userFacing = true;

  constructor(
    readonly queue: string,
    cause: unknown,
    /** Of the first failure in a row. */
    since: Date,
  ) {
    super(
      `The worker of "${queue}" has taken no job since ${since.toISOString()}: ${reasonOf(cause)}. ` +
        'The queue store answers, and refuses. The worker tries again every second; mend the cause.',
      { cause },
    );
  }
}
