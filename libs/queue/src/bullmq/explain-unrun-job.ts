import type { Job, WorkerOptions } from 'bullmq';
import { BULLMQ_WORDS } from './internals';

type Limits = Pick<WorkerOptions, 'maxStalledCount' | 'lockDuration' | 'maxStartedAttempts'>;

/**
 * An actionable reason why a worker fails a job without running it. The reason is stored with the job, so
 * that the job and the log agree.
 *
 * @param reason BullMQ's reason
 * @returns undefined if BullMQ's reason needs no rewording
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
