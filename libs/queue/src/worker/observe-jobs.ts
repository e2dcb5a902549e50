import type { Job, Worker } from 'bullmq';
import { isCancelled, reasonOfCancel } from '../attempt/job-cancelled.error';
import { isParked } from '../bullmq/key-limits';
import type { JobContract } from '../contract/job-contract';
import { redactError, redactText } from '../contract/redaction';
import type { AnyObserver } from '../observe/queue-observer';

/**
 * Reports the start, progress and end of a worker's jobs.
 *
 * @param contract whose `redact` names what observers do not see
 */
export function observeJobs(worker: Worker, observer: AnyObserver, contract?: JobContract): void {
  const queue = worker.name;
  worker.on('active', (job) => {
    const { id = '', attemptsMade } = job;
    observer.attemptStarted({ queue, id, attempt: attemptsMade + 1, waited: waitedFor(job) });
  });
  worker.on('progress', ({ id = '' }, progress) => {
    observer.jobProgressed({ queue, id, progress });
  });
  worker.on('completed', ({ id = '', attemptsMade, finishedOn = 0, processedOn = 0 }) => {
    observer.jobCompleted({ queue, id, attempt: attemptsMade, duration: finishedOn - processedOn });
  });
  worker.on('failed', (job, error) => {
    if (job === undefined) return;
    const { id = '', attemptsMade: attempt, opts, finishedOn, delay } = job;
    if (isCancelled(error.message)) {
      observer.jobCancelled({
        queue,
        id,
        reason: redactText(contract, job.data, reasonOfCancel(error.message)),
        wasRunning: !job.deferredFailure,
        duration: ranFor(job),
      });
      return;
    }
    const retryIn = finishedOn === undefined ? delay : undefined;
    // A job of BullMQ alone has 0.
    const maxAttempts = Math.max(1, opts.attempts ?? 1);
    observer.attemptFailed({
      queue,
      id,
      attempt,
      maxAttempts,
      error: redactError(contract, job.data, error),
      duration: ranFor(job),
      retryIn,
    });
  });
  worker.on('stalled', (id) => {
    observer.jobStalled({ queue, id });
  });
}

/** Until now, which is when the store has the failure: it does not store when an attempt that is retried ended. */
function ranFor({ processedOn, finishedOn, deferredFailure }: Job): number | undefined {
  if (processedOn === undefined || deferredFailure) return undefined;
  return Math.max(0, (finishedOn ?? Date.now()) - processedOn);
}

/** BullMQ stores when a job was added, but not when a retry is due. */
function waitedFor({ attemptsMade, processedOn, timestamp, opts }: Job): number | undefined {
  if (attemptsMade > 0 || processedOn === undefined) return undefined;
  // The delay of a job that has waited for room in its key is no delay of its own.
  const { delay = 0 } = opts;
  return Math.max(0, processedOn - timestamp - (isParked({ delay, opts }) ? 0 : delay));
}
