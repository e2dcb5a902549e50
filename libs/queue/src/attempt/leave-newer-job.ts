import { DelayedError, type Job } from 'bullmq';
import { NewerJobError } from './newer-job.error';

/** In milliseconds: how long a job is left to newer workers; twice as long each time. */
const PAUSE = { first: 1_000, longest: 60_000 };

/** In milliseconds: for how long altogether, before it fails. */
export const NEWER_WORKERS = 60 * 60 * 1_000;

/** What a worker has of a job's contract. */
interface KnownContract {
  readonly name: string;
  readonly version: number;
}

/**
 * Leaves a job to workers with a later version of its contract: it is delayed for a while, and uses up no attempt.
 *
 * How often that was done is told by the number of its starts, which a redrive sets back.
 *
 * @param version of the job's data
 * @returns the error to throw to BullMQ, which says that the job has been moved, or with which it fails
 */
export async function leaveNewerJob(
  job: Job,
  token: string | undefined,
  version: number,
  { name, version: known }: KnownContract,
): Promise<DelayedError | NewerJobError> {
  const { id = '' } = job;
  const times = Math.max(1, job.attemptsStarted - job.attemptsMade);
  if (token === undefined || timeLeft(times) <= 0) {
    return new NewerJobError(name, id, version, known);
  }
  if (times === 1) {
    await job.log(
      `Left to a newer worker: the data is of version ${version}, this worker knows ${known}.`,
    );
  }
  await job.moveToDelayed(Date.now() + pauseBefore(times), token);
  return new DelayedError();
}

/** In milliseconds: what a job that has been started so often has left of its time. */
function timeLeft(times: number): number {
  let left = NEWER_WORKERS;
  for (let time = 1; time < times; time += 1) left -= pauseBefore(time);
  return left;
}

function pauseBefore(times: number): number {
  return Math.min(PAUSE.longest, PAUSE.first * 2 ** (times - 1));
}
