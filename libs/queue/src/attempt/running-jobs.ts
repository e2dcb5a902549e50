import { UnrecoverableError, WaitingError, type Job } from 'bullmq';
import { replaceForbiddenCharacters } from '../contract/forbidden-characters';
import type { AttemptAbort } from './attempt-abort';
import { type AttemptMark, inAttempt } from './attempt-scope';
import { failCrashedJob } from './fail-crashed-job';
import { REQUEUE_TIME } from '../options/shutdown-budget';
import { Deadline } from '../timing/deadline';
import { rejectAfter } from '../timing/reject-after';
import { JobAbortedError } from './job-aborted.error';
import { JobCancelledError } from './job-cancelled.error';
import type { CrashReason, JobCrashedError } from './job-crashed.error';
import { runsAlone, type SoloGate } from './solo-gate';

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
  readonly mark: AttemptMark;
  /** Set if the job is moved from outside: requeued, or failed. Its own outcome is discarded then. */
  moving: Promise<unknown> | undefined;
  /** Set if the job is cancelled: what its attempt fails with, unless it completes. */
  cancelled: JobCancelledError | undefined;
  /** Ends the wait for the handler, which goes on. */
  cut: (error: JobCancelledError) => void;
  timer: NodeJS.Timeout | undefined;
}

/** A job that was failed from outside. */
export interface CrashedJob {
  readonly job: Job;
  readonly error: JobCrashedError;
}

/**
 * The jobs that one processor runs now, so that they can be cancelled, and requeued if they do not finish:
 *
 *     running ──▶ completed or failed                 as BullMQ does it
 *        ├──────▶ requeued, first in its queue        a worker that stops; no attempt is used up
 *        ├──────▶ failed                              it ends the process of its worker
 *        └─abort─▶ cancelled, or completed             its handler has a grace to end
 */
export class RunningJobs {
  private readonly running = new Set<RunningJob>();
  private readonly requeued: Job[] = [];
  private isStopped = false;

  /** @param gate what may hold attempts back; by default, nothing does */
  constructor(private readonly gate?: SoloGate) {}

  /** Called when a job no longer runs, however it ended. */
  onEnded: ((job: Job) => void) | undefined;

  /** Runs one attempt. Its outcome is discarded if the job was requeued meanwhile. */
  async run<Result>(attempt: Attempt, work: () => Promise<Result>): Promise<Result> {
    const { job, token, abort } = attempt;
    const mark: AttemptMark = {
      queue: job.queueName,
      id: job.id ?? '',
      attempt: job.attemptsMade + 1,
      state: 'held',
    };
    const entry: RunningJob = {
      job,
      token,
      abort,
      mark,
      moving: undefined,
      cancelled: undefined,
      cut: () => undefined,
      timer: undefined,
    };
    this.running.add(entry);
    try {
      if (this.isStopped) await this.requeue(entry);
      else {
        const result = await inAttempt(mark, () => this.pass(entry, work));
        if (entry.moving === undefined) return result;
        await entry.moving;
      }
    } catch (error) {
      if (entry.moving === undefined && entry.cancelled !== undefined && !isMoved(error)) {
        throw cancelledBy(entry.cancelled, error);
      }
      const aborted = entry.token !== undefined && isAbort(entry.abort, error);
      if (entry.moving === undefined && !aborted) throw error;
      await this.requeue(entry);
    } finally {
      mark.state = 'ended';
      if (entry.timer !== undefined) clearTimeout(entry.timer);
      this.running.delete(entry);
      this.onEnded?.(entry.job);
    }
    // The job has been moved: BullMQ must neither complete nor fail it.
    throw new WaitingError();
  }

  /** Runs the handler when the gate lets it. Written without `await`, which each job would pay for. */
  private pass<Result>(entry: RunningJob, work: () => Promise<Result>): Promise<Result> {
    const leave = this.gate?.enter(runsAlone(entry.job), entry.abort);
    return leave instanceof Promise
      ? leave.then((passed) => untilCut(entry, work, passed))
      : untilCut(entry, work, leave);
  }

  /** The jobs that run now. */
  get jobs(): readonly Job[] {
    return [...this.running].map(({ job }) => job);
  }

  /** Those of them whose handler has not ended. */
  get handling(): readonly Job[] {
    return [...this.running].filter(({ moving }) => moving === undefined).map(({ job }) => job);
  }

  /** The jobs that were requeued. */
  get requeuedJobs(): readonly Job[] {
    return this.requeued;
  }

  /** The marks of the attempts that run now. */
  get marks(): readonly AttemptMark[] {
    return [...this.running].map(({ mark }) => mark);
  }

  /** Runs no further attempt: jobs that come nevertheless are requeued. */
  stop(): void {
    this.isStopped = true;
  }

  /** Aborts the attempt of one job. @returns whether it runs here. */
  abort(id: string, reason: unknown): boolean {
    const attempts = [...this.running].filter(({ job }) => job.id === id);
    for (const { abort } of attempts) abort.abort(reason);
    return attempts.length > 0;
  }

  /**
   * Cancels a job: aborts its attempt, which fails with this error, unless it completes nevertheless. There are several
   * attempts if its lock was lost, and this process has fetched it again.
   *
   * @param grace how long the handler may go on, in milliseconds; then the attempt fails without it
   * @returns whether it runs here, and was not cancelled before
   */
  cancel(id: string, error: JobCancelledError, grace: number): boolean {
    const entries = [...this.running].filter(
      ({ job, cancelled }) => job.id === id && cancelled === undefined,
    );
    for (const entry of entries) {
      entry.cancelled = error;
      entry.timer = setTimeout(() => {
        entry.cut(new JobCancelledError(error.reason, { stillRuns: true }));
      }, grace);
      entry.abort.abort(error);
    }
    return entries.length > 0;
  }

  /** The jobs that began before this time, in milliseconds since 1970, and are not being cancelled. */
  startedBefore(time: number): string[] {
    const ids: string[] = [];
    for (const { job, cancelled } of this.running) {
      const { id = '', processedOn = 0 } = job;
      if (cancelled === undefined && processedOn < time) ids.push(id);
    }
    return ids;
  }

  /** Aborts every attempt. */
  abortAll(reason: unknown): void {
    for (const { abort } of this.running) abort.abort(reason);
  }

  /** Requeues what still runs, in at most {@link REQUEUE_TIME}. That does not stop the handler. */
  async requeueAll(except: readonly AttemptMark[] = []): Promise<void> {
    const entries = [...this.running].filter(({ mark }) => !except.includes(mark));
    await Promise.all(entries.map((entry) => this.requeue(entry)));
  }

  /**
   * Fails an attempt that ends this process. That does not stop the handler.
   *
   * @returns undefined if it does not run here, was moved before, or its lock is not held here
   * @throws what the store throws; the job runs again when its lock has expired
   */
  async failOne(mark: AttemptMark, reason: CrashReason): Promise<CrashedJob | undefined> {
    const entry = this.find(mark);
    if (entry?.token === undefined || entry.moving !== undefined) return undefined;
    const { job } = entry;
    const failing = failCrashedJob(job, entry.token, reason);
    entry.moving = failing.catch(() => undefined);
    return { job, error: await failing };
  }

  /** Appends a line to the log of a job, if it runs here. */
  async logToOne(mark: AttemptMark, line: string): Promise<void> {
    await this.find(mark)?.job.log(replaceForbiddenCharacters(line));
  }

  private find(mark: AttemptMark): RunningJob | undefined {
    return [...this.running].find((entry) => entry.mark === mark);
  }

  /** A job that cannot be requeued runs again when its lock has expired. */
  private requeue(entry: RunningJob): Promise<unknown> {
    entry.moving ??= moveToFront(entry).then(
      () => {
        this.requeued.push(entry.job);
      },
      () => undefined,
    );
    return entry.moving;
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
  return !(error instanceof UnrecoverableError || isMoved(error));
}

function isMoved(error: unknown): boolean {
  return error instanceof Error && MOVED.has(error.name);
}

/**
 * The outcome of an attempt, or the error that its entry is cut with, whichever comes first.
 *
 * @param leave called when the attempt has ended, even if that is later
 */
function untilCut<Result>(
  entry: RunningJob,
  work: () => Promise<Result>,
  leave?: () => void,
): Promise<Result> {
  entry.mark.state = 'running';
  return new Promise((resolve, reject) => {
    entry.cut = reject;
    work().then(
      (result) => {
        leave?.();
        resolve(result);
      },
      (reason: unknown) => {
        leave?.();
        // By convention an error.
        const error = reason as Error;
        reject(error);
      },
    );
  });
}

/** Libraries throw errors of their own at a signal. */
function cancelledBy(cancelled: JobCancelledError, error: unknown): JobCancelledError {
  if (error instanceof JobCancelledError) return error;
  return new JobCancelledError(cancelled.reason, { cause: error });
}
