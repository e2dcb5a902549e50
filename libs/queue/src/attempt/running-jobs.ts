import { UnrecoverableError, WaitingError, type Job } from 'bullmq';
import type { AttemptAbort } from './attempt-abort';
import { REQUEUE_TIME } from '../options/shutdown-budget';
import { Deadline } from '../timing/deadline';
import { rejectAfter } from '../timing/reject-after';
import { JobAbortedError } from './job-aborted.error';

/** Errors that say where the job is already; BullMQ's own way of comparing them. */
export const MOVED: ReadonlySet<string> = new Set([
  'DelayedError',
  'WaitingError',
  'WaitingChildrenError',
]);

/** One attempt of one job. */
export interface Attempt {
  readonly job: Job;
  /** Of the lock that its worker holds; undefined if it is not a worker that runs it. */
  readonly token: string | undefined;
  readonly abort: AttemptAbort;
}

interface RunningJob extends Attempt {
  requeuing: Promise<void> | undefined;
}

/**
 * The jobs that one processor runs now, so that they can be cancelled, and requeued if they do not finish:
 *
 *     running ──▶ completed or failed                 as BullMQ does it
 *        └──────▶ requeued, first in its queue        a worker that stops; no attempt is used up
 */
export class RunningJobs {
  private readonly running = new Set<RunningJob>();
  private readonly requeued: Job[] = [];

  /** Called when a job no longer runs, however it ended. */
  onEnded: ((job: Job) => void) | undefined;

  /** Runs one attempt. Its outcome is discarded if the job was requeued meanwhile. */
  async run<Result>(attempt: Attempt, work: () => Promise<Result>): Promise<Result> {
    const { job, token, abort } = attempt;
    const entry: RunningJob = { job, token, abort, requeuing: undefined };
    this.running.add(entry);
    try {
      const result = await work();
      if (entry.requeuing === undefined) return result;
    } catch (error) {
      const aborted = entry.token !== undefined && isAbort(entry.abort, error);
      if (entry.requeuing === undefined && !aborted) throw error;
      await this.requeue(entry);
    } finally {
      this.running.delete(entry);
      this.onEnded?.(entry.job);
    }
    // The job has been moved: BullMQ must neither complete nor fail it.
    throw new WaitingError();
  }

  /** The jobs that run now. */
  get jobs(): readonly Job[] {
    return [...this.running].map(({ job }) => job);
  }

  /** The jobs that were requeued. */
  get requeuedJobs(): readonly Job[] {
    return this.requeued;
  }

  /** Aborts the attempt of one job. @returns whether it runs here. */
  abort(id: string, reason: unknown): boolean {
    const attempts = [...this.running].filter(({ job }) => job.id === id);
    for (const { abort } of attempts) abort.abort(reason);
    return attempts.length > 0;
  }

  /** Aborts every attempt. */
  abortAll(reason: unknown): void {
    for (const { abort } of this.running) abort.abort(reason);
  }

  /** Requeues what still runs, in at most {@link REQUEUE_TIME}. That does not stop the handler. */
  async requeueAll(): Promise<void> {
    await Promise.all([...this.running].map((entry) => this.requeue(entry)));
  }

  /** A job that cannot be requeued runs again when its lock has expired. */
  private requeue(entry: RunningJob): Promise<void> {
    entry.requeuing ??= moveToFront(entry).then(
      () => {
        this.requeued.push(entry.job);
      },
      () => undefined,
    );
    return entry.requeuing;
  }
}

/** Moves a job to the first place of its queue. */
async function moveToFront({ job, token }: RunningJob): Promise<void> {
  const deadline = Deadline.after(REQUEUE_TIME);
  const inTime = (step: Promise<unknown>) =>
    rejectAfter(
      deadline.remaining,
      step,
      () => new Error(`The queue store did not answer within ${REQUEUE_TIME} ms.`),
    );
  await inTime(job.moveToWait(token));
  // On Postgres it is the last now. One that was fetched in between is left as it is.
  await inTime(job.changePriority({ priority: job.priority, lifo: true })).catch(() => undefined);
}

/**
 * Whether a processor has failed because its worker stops. Whatever is thrown after that signal
 * counts, since libraries throw errors of their own then; but not if the job is lost whatever happens,
 * or has been moved already.
 */
function isAbort({ reason }: AttemptAbort, error: unknown): boolean {
  if (!(reason instanceof JobAbortedError)) return false;
  return !(
    error instanceof UnrecoverableError ||
    (error instanceof Error && MOVED.has(error.name))
  );
}
