import { QueueError } from '../errors/queue.error';
import { stackOfCause } from '../text/stack-of-cause';

/** Why a process ends by itself. */
export interface CrashReason {
  /** A clause, such as `process.exit(1) was called`. */
  readonly reason: string;
  /** A sentence on what to do in the code. */
  readonly advice: string;
  readonly error: Error;
}

/** How often a job may end its worker's process until it is not run again. */
export const MAX_CRASHES = 2;

/** Part of each message. It identifies these errors in the stored history of a job. */
export const ENDED_PROCESS = "ended its worker's process";

/**
 * A job ended the process of its worker: it left an error uncaught (in a callback, an event or a promise that it
 * does not await), or called `process.exit()`. The attempt has failed. After the second time the job has failed
 * permanently, however many attempts it has left.
 *
 * To do: handle the error in its `cause`: await every promise, and listen to `error` of every stream and client.
 * Then redrive the job. An `isolation` of the processor confines a crash to its job.
 *
 * @group Failed attempts
 */
export class JobCrashedError extends QueueError {
  readonly code = 'JOB_CRASHED';

  constructor(
    /** The contract's name. */
    readonly job: string,
    readonly jobId: string,
    /** How often the job has done so, this time included. */
    readonly crashes: number,
    { reason, advice }: Pick<CrashReason, 'reason' | 'advice'>,
    options?: ErrorOptions,
  ) {
    super(
      `Job ${job} ${jobId} ${ENDED_PROCESS}: ${reason}. ${crashes < MAX_CRASHES ? advice : noMore(crashes)}`,
      options,
    );
    this.stack = stackOfCause(this);
  }
}

function noMore(crashes: number): string {
  return `It has done so ${crashes} times, so it is not run again. Fix the cause, then redrive it.`;
}
