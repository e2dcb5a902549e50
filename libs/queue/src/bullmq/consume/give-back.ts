import { ErrorCode, type Job, WaitingChildrenError, WaitingError } from 'bullmq';

/** BullMQ does not complete a job that has an open child: it was redriven while the handler ran. */
export function isPendingChildren(error: Error): boolean {
  return Reflect.get(error, 'code') === ErrorCode.JobPendingChildren;
}

/**
 * Gives back a job that {@link isPendingChildren}: it runs again when its children have ended. No attempt is used up.
 *
 * @returns the error that tells BullMQ where the job is; `failure` if it could not be given back
 */
export async function giveBack(job: Job, token: string, failure: Error): Promise<Error> {
  try {
    if (await job.moveToWaitingChildren(token)) return new WaitingChildrenError();
    await job.moveToWait(token);
    return new WaitingError();
  } catch {
    return failure;
  }
}
