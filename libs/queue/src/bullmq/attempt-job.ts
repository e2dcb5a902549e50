import { Job, type JobProgress } from 'bullmq';
import { DEFAULT_HISTORY, describeAttempt } from '../attempt/failed-attempts';
import { checkOptions } from '../limits/check-options';
import { InvalidOptionError } from '../limits/invalid-option.errors';
import { moment } from '../limits/numbers';

/**
 * A job fetched by a {@link QueueWorker}. Records when each attempt failed, together with the stack that
 * BullMQ records.
 *
 * The entry is stored by the statement that stores the failure, so they are stored together or not at all.
 * A requeued attempt has not failed and is not recorded.
 */
export class AttemptJob<
  Data = unknown,
  Result = unknown,
  Name extends string = string,
  Progress extends JobProgress = JobProgress,
> extends Job<Data, Result, Name, Progress> {
  /** The parent takes NaN, an invalid date of a caller, for at once. */
  override async moveToDelayed(timestamp: number, token?: string): Promise<void> {
    const at = checkOptions(
      moment(),
      timestamp,
      (problem) => new InvalidOptionError(`the "${this.queueName}" job ${this.id ?? ''}`, problem),
      'moveToDelayed',
    );
    await super.moveToDelayed(at, token);
  }

  protected override updateStacktrace(error: Error): void {
    const { attemptsMade, opts } = this;
    const limit = opts.stackTraceLimit ?? DEFAULT_HISTORY;
    // On Redis a redriven job keeps its earlier list; on Postgres it has none.
    const earlier = attemptsMade === 0 ? [] : (this.stacktrace ?? []);
    const all = [...earlier, describeAttempt(attemptsMade + 1, error)];
    this.stacktrace = limit === 0 ? [] : all.slice(-limit);
  }
}
