import { Job, type JobProgress } from 'bullmq';
import { DEFAULT_HISTORY, describeAttempt } from '../../attempt/failed-attempts';
import { checkOptions } from '../../limits/check-options';
import { InvalidOptionError } from '../../limits/invalid-option.errors';
import { moment } from '../../limits/numbers';

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
  /** When it was completed by its handler, in milliseconds since 1970. */
  private committedOn: number | undefined;
  /** Throws while the row of the job must not be waited for; undefined if no transaction holds it. */
  private requireFree: (() => Promise<void>) | undefined;

  /** The job was completed in a transaction of its handler, and that is committed. */
  static commit(job: Job, finishedOn: number): void {
    if (job instanceof AttemptJob) job.committedOn = finishedOn;
  }

  /** @param requireFree throws if a transaction of the handler holds the row of the job */
  static guard(job: Job, requireFree: () => Promise<void>): void {
    if (job instanceof AttemptJob) job.requireFree = requireFree;
  }

  override moveToCompleted(
    ...[result, token, fetchNext]: Parameters<Job<Data, Result, Name, Progress>['moveToCompleted']>
  ): ReturnType<Job<Data, Result, Name, Progress>['moveToCompleted']> {
    if (this.committedOn === undefined) return super.moveToCompleted(result, token, fetchNext);
    this.returnvalue = result;
    this.finishedOn = this.committedOn;
    this.attemptsMade += 1;
    // The worker fetches the next job by itself.
    return Promise.resolve(undefined);
  }

  override async updateProgress(progress: Progress): Promise<void> {
    await this.requireFree?.();
    await super.updateProgress(progress);
  }

  override async updateData(data: Data): Promise<void> {
    await this.requireFree?.();
    await super.updateData(data);
  }

  override async log(line: string): Promise<number> {
    await this.requireFree?.();
    return super.log(line);
  }

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
