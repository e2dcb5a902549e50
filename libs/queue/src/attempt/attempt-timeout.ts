import { UnrecoverableError } from 'bullmq';
import { rejectAfter } from '../timing/reject-after';
import { settleWithin } from '../timing/settle-within';
import type { AttemptAbort } from './attempt-abort';
import { JobTimeoutError } from './job-timeout.error';
import { RetryAfterError } from './retry-after.error';
import { MOVED } from './running-jobs';

/** In milliseconds: how long an attempt may go on after the signal of its timeout. */
export const TIMEOUT_GRACE = 2_000;

/** Which attempt is timed, and how long it may take; times are in milliseconds. */
export interface TimedAttempt {
  /** The contract's name. */
  readonly job: string;
  readonly jobId: string;
  readonly timeout: number;
  /** From the signal until the attempt fails, even if its handler goes on. */
  readonly grace: number;
  /** Whether an error says that the handler was ended by force, because it ignored its signal. */
  readonly wasKilled?: (error: unknown) => boolean;
}

/**
 * The time limit of one attempt.
 *
 *     running ──timeout──▶ signalled ──grace──▶ failed, and the handler still runs
 *        │                     ├──▶ failed      it threw: a JobTimeoutError, whatever it was
 *        ├──▶ ended            └──▶ completed   its work is done, and another run would repeat it
 *        └──worker stops──▶ stopping: no time limit of its own any more
 */
export class AttemptTimeout {
  constructor(
    private readonly attempt: TimedAttempt,
    /** Aborted at the timeout, unless it is before: its reason says which came first. */
    private readonly abort: AttemptAbort,
  ) {}

  /** @throws JobTimeoutError if the attempt did not end in time. */
  async run<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const { timeout, grace } = this.attempt;
    try {
      // Begun after the clock: a handler may block the event loop for longer than its timeout.
      const ending = Promise.resolve().then(attempt);
      if (await settleWithin(timeout, ending)) return await ending;
      if (this.abort.isAborted) return await ending;
      this.abort.abort(this.error());
      return await rejectAfter(grace, ending, () => this.error({ stillRuns: true }));
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** Libraries throw errors of their own at a signal; what the handler has decided stays. */
  private failure(error: unknown): unknown {
    const timedOut = this.abort.reason instanceof JobTimeoutError;
    if (!timedOut || error instanceof JobTimeoutError || isDecision(error)) return error;
    return this.error({ cause: error, wasKilled: this.attempt.wasKilled?.(error) ?? false });
  }

  private error(options?: ConstructorParameters<typeof JobTimeoutError>[3]): JobTimeoutError {
    const { job, jobId, timeout } = this.attempt;
    return new JobTimeoutError(job, jobId, timeout, options);
  }
}

/** Whether an error says what is to become of the job, which no library does by chance. */
function isDecision(error: unknown): boolean {
  return (
    error instanceof UnrecoverableError ||
    error instanceof RetryAfterError ||
    (error instanceof Error && MOVED.has(error.name))
  );
}
