import type { Worker } from 'bullmq';
import type { RunningJobs } from '../attempt/running-jobs';

/**
 * Has BullMQ's way to cancel the jobs that a worker runs, `worker.cancelJob` and `worker.cancelAllJobs`,
 * abort the attempts here: BullMQ knows no signal of theirs.
 */
export function cancelByAttempt(worker: Worker, runningJobs: RunningJobs): void {
  worker.cancelJob = (id, reason) => runningJobs.abort(id, reason);
  worker.cancelAllJobs = (reason) => {
    runningJobs.abortAll(reason);
  };
}
