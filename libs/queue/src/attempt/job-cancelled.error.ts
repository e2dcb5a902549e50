import { NonRetryableError } from '../errors/non-retryable.error';
import { stackOfCause } from '../text/stack-of-cause';

/** What the failure of a cancelled job begins with, in the store. */
export const CANCELLED = 'JOB_CANCELLED: ';

const STILL_RUNS =
  ' It ignored its abort signal: its handler is still running, and its result will be discarded.';

/**
 * The reason of a job's abort signal when the job is cancelled, and what its attempt fails with. The job is not retried;
 * its state is `cancelled`.
 *
 * To do: nothing. To run the job after all, redrive it.
 *
 * @group Failed attempts
 */
export class JobCancelledError extends NonRetryableError {
  override readonly code = 'JOB_CANCELLED';

  /** Whether the handler goes on, because it did not end at its signal and nothing could end it. */
  readonly stillRuns: boolean;

  constructor(
    /** Why, in the words of the person or program that cancelled it. */
    readonly reason: string,
    { stillRuns = false, ...options }: { cause?: unknown; stillRuns?: boolean } = {},
  ) {
    super(`${CANCELLED}${reason}${stillRuns ? STILL_RUNS : ''}`, options);
    this.stillRuns = stillRuns;
    this.stack = stackOfCause(this);
  }
}

/** Whether a job with this failure has been cancelled: in the store it is a failed job. */
export function isCancelled(failure: string | undefined): boolean {
  return failure?.startsWith(CANCELLED) ?? false;
}

/** The reason in the failure of a cancelled job. */
export function reasonOfCancel(failure: string): string {
  return failure.slice(CANCELLED.length);
}
