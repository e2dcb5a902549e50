import type { Job, Worker } from 'bullmq';

/** Where BullMQ says why a job that was fetched is failed without being run. */
interface TellsWhy {
  getUnrecoverableErrorMessage: (job: Job) => string | undefined;
}

/** BullMQ's words for a job that has lost its worker more often than `maxStalledCount`. */
const STALLED_TOO_OFTEN = 'job stalled more than allowable limit';

/** The same for `maxStartedAttempts`. */
const STARTED_TOO_OFTEN = 'job started more than allowable limit';

/**
 * Has a worker fail a job that it does not run any more with a reason that says what has happened, and
 * what to do. It is stored with the job, so whoever looks at it, and the log, say the same.
 */
export function explainLostWorkers(worker: Worker): void {
  // The method is not public. Should it be renamed one day, jobs fail with BullMQ's own words.
  const teller = worker as unknown as TellsWhy;
  const { maxStalledCount = 1, lockDuration = 30_000, maxStartedAttempts = 0 } = worker.opts;
  const prototype = Object.getPrototypeOf(worker) as Partial<TellsWhy>;
  teller.getUnrecoverableErrorMessage = (job) => {
    const reason = prototype.getUnrecoverableErrorMessage?.call(worker, job);
    if (reason === STALLED_TOO_OFTEN) {
      return (
        `It lost its worker ${times(job.stalledCounter)} while it ran, and may lose it ${times(maxStalledCount)} (maxStalledCount). ` +
        `Each time the worker was killed, ran out of memory or crashed, or its event loop was blocked for longer than the lock of ${lockDuration} ms. ` +
        'The log of the worker and its exit code tell which. Redrive the job when that is mended.'
      );
    }
    if (reason === STARTED_TOO_OFTEN) {
      return (
        `It was started more than ${times(maxStartedAttempts)} (maxStartedAttempts) without an end: its workers were killed, or stopped before it had finished. ` +
        'Redrive it when a worker lives long enough to run it.'
      );
    }
    return reason;
  };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
