import { Job, type JobProgress } from 'bullmq';
import { DEFAULT_HISTORY, describeAttempt } from '../attempt/failed-attempts';

/**
 * A job as a {@link QueueWorker} fetches it. It records when each of its attempts failed, beside the
 * stack that BullMQ records.
 *
 * The entry is stored by the statement that stores the failure, so there is never one without the other.
 * A requeued attempt has not failed and is not recorded.
 */
export class AttemptJob<
  Data = unknown,
  Result = unknown,
  Name extends string = string,
  Progress extends JobProgress = JobProgress,
> extends Job<Data, Result, Name, Progress> {
  protected override updateStacktrace(error: Error): void {
    const { attemptsMade, opts } = this;
    const limit = opts.stackTraceLimit ?? DEFAULT_HISTORY;
    // On Redis a redriven job still has the list of its earlier life, on Postgres it has none.
    const earlier = attemptsMade === 0 ? [] : (this.stacktrace ?? []);
    const all = [...earlier, describeAttempt(attemptsMade + 1, error)];
    this.stacktrace = limit === 0 ? [] : all.slice(-limit);
  }
}
