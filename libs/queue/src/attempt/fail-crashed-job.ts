import { Backoffs, type Job } from 'bullmq';
import { endAttempt } from './end-attempt';
import { failedAttempts } from './failed-attempts';
import { type CrashReason, ENDED_PROCESS, JobCrashedError, MAX_CRASHES } from './job-crashed.error';

/**
 * In milliseconds: the shortest pause before a job that has ended its worker's process runs again, so that it
 * does not end all workers one after the other. Its own backoff may be longer.
 */
const CRASH_BACKOFF = 5_000;

/**
 * Fails an attempt that has ended its worker's process, as if its handler had thrown. After
 * {@link MAX_CRASHES} the job has failed permanently.
 *
 * @returns the error, which is stored with the job
 */
export async function failCrashedJob(
  job: Job,
  token: string,
  crash: CrashReason,
): Promise<JobCrashedError> {
  const crashes = crashesOf(job) + 1;
  const error = new JobCrashedError(job.name, job.id ?? '', crashes, crash, { cause: crash.error });
  endAttempt(job, error);
  const { opts } = job;
  // For this one decision; the stored options stay.
  const attempts = crashes < MAX_CRASHES ? opts.attempts : job.attemptsMade + 1;
  job.opts = { ...opts, attempts, backoff: backoffOf(job) };
  try {
    await job.moveToFailed(error, token);
  } finally {
    job.opts = opts;
  }
  return error;
}

/** How often a job has ended its worker's process since it was added or redriven. */
export function crashesOf(
  job: Pick<Job, 'stacktrace' | 'attemptsMade' | 'finishedOn' | 'failedReason'>,
): number {
  // On Redis a redriven job keeps the list of its earlier life.
  if (job.attemptsMade === 0) return 0;
  const isCrash = (text: string | undefined): boolean => text?.includes(ENDED_PROCESS) ?? false;
  const recorded = failedAttempts(job).filter(({ error }) => isCrash(error)).length;
  // With a `stackTraceLimit` of 0 there is no list.
  return recorded > 0 || !isCrash(job.failedReason) ? recorded : 1;
}

/** BullMQ's own strategies only: others belong to the application. */
function backoffOf({ opts, attemptsMade }: Job): Job['opts']['backoff'] {
  const own = Backoffs.normalize(opts.backoff ?? 0) ?? { type: 'fixed', delay: 0 };
  const strategy = Backoffs.builtinStrategies[own.type];
  if (strategy === undefined) return own;
  const delay = Number(strategy(own.delay ?? 0, own.jitter)(attemptsMade + 1));
  return { type: 'fixed', delay: Math.max(CRASH_BACKOFF, delay) };
}
