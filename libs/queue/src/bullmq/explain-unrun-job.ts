import type { Job, WorkerOptions } from 'bullmq';
import { BULLMQ_WORDS } from './internals';

type Limits = Pick<WorkerOptions, 'maxStalledCount' | 'lockDuration' | 'maxStartedAttempts'>;

/**
 * Why a worker fails a job that it was given without running it, in words that a person can act on. The
 * reason is stored with the job, so the job and the log say the same.
 *
 * @param reason what BullMQ says
 * @returns undefined if BullMQ's reason needs no other words
 */
export function explainUnrunJob(
  reason: string,
  job: Pick<Job, 'stalledCounter'>,
  { maxStalledCount = 1, lockDuration = 30_000, maxStartedAttempts = 0 }: Limits,
): string | undefined {
  if (reason === BULLMQ_WORDS.stalledTooOften) {
    return (
      `Its worker disappeared ${times(job.stalledCounter)} while running it; the limit is ${maxStalledCount} (maxStalledCount). ` +
      `Each time the worker was killed, ran out of memory or crashed, or its event loop was blocked for longer than the lock of ${lockDuration} ms. ` +
      "The worker's log and exit code tell which. Fix the cause, then redrive the job."
    );
  }
  if (reason === BULLMQ_WORDS.startedTooOften) {
    return (
      `It was started more than ${times(maxStartedAttempts)} (maxStartedAttempts) and never finished: its workers were killed, or stopped before it had finished. ` +
      'Redrive it when a worker lives long enough to run it.'
    );
  }
  return undefined;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
