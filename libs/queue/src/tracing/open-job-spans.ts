import type { ProcessCrashed, QueueObserver } from '../observe/queue-observer';
import type {
  AttemptFailed,
  JobCancelled,
  JobCompleted,
  ObservedJob,
} from '../observe/queue-observer';

/** The end of an attempt. `requeued`: it used up no attempt, and the job waits again. */
export type JobOutcome = 'completed' | 'failed' | 'dead' | 'cancelled' | 'requeued';

/** The span of an attempt. */
export interface JobSpan {
  settle(outcome: JobOutcome, attempt: number | undefined, error?: Error): void;
  end(): void;
}

/** The spans of the attempts that run in this process: the observer's events say how they end. */
export class OpenJobSpans implements QueueObserver {
  private readonly spans = new Map<string, JobSpan>();

  add(queue: string, id: string, span: JobSpan): void {
    this.spans.set(keyOf({ queue, id }), span);
  }

  remove(queue: string, id = '', span: JobSpan): void {
    const key = keyOf({ queue, id });
    if (this.spans.get(key) === span) this.spans.delete(key);
  }

  readonly jobCompleted = ({ queue, id, attempt }: JobCompleted): void => {
    this.spans.get(keyOf({ queue, id }))?.settle('completed', attempt);
  };

  readonly attemptFailed = ({ queue, id, attempt, error, retryIn }: AttemptFailed): void => {
    const outcome = retryIn === undefined ? 'dead' : 'failed';
    this.spans.get(keyOf({ queue, id }))?.settle(outcome, attempt, error);
  };

  readonly jobCancelled = ({ queue, id }: JobCancelled): void => {
    this.spans.get(keyOf({ queue, id }))?.settle('cancelled', undefined);
  };

  /** What runs never ends by itself. */
  readonly processCrashed = ({ jobs, error }: ProcessCrashed): void => {
    for (const job of jobs) this.spans.get(keyOf(job))?.settle('failed', undefined, error);
    for (const span of [...this.spans.values()]) span.end();
  };
}

function keyOf({ queue, id }: ObservedJob): string {
  return `${queue}:${id}`;
}
