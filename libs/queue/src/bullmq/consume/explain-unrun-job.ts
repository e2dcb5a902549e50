import type { Job, WorkerOptions } from 'bullmq';
import { ChildFailedError } from '../../attempt/child-failed.error';
import { parseJobKey } from '../../attempt/job-family';
import { BULLMQ_WORDS } from '../internals';

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
  job: Pick<Job, 'stalledCounter' | 'deferredFailure' | 'queueName'>,
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
  // A handler may have thrown the same words.
  const child = reason === job.deferredFailure ? failedChildIn(reason) : undefined;
  if (child !== undefined) {
    return ChildFailedError.failed(job.queueName, child.queue, child.id).message;
  }
  return undefined;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** The child for whose failure a job is to fail; undefined if it is for something else. */
export function failedChildIn(
  reason: string,
): { readonly queue: string; readonly id: string } | undefined {
  const { start, end } = BULLMQ_WORDS.failedChild;
  if (!reason.startsWith(start) || !reason.endsWith(end)) return undefined;
  return parseJobKey(reason.slice(start.length, -end.length));
}
