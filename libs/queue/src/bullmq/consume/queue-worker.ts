import {
  type IQueueBackend,
  type Job,
  type Span,
  UnrecoverableError,
  Worker,
  type WorkerListener,
} from 'bullmq';
import { SHUTDOWN_BUDGET } from '../../options/shutdown-budget';
import { answeringListener } from './answering-listener';
import { AttemptJob } from './attempt-job';
import { explainUnrunJob } from './explain-unrun-job';
import { FetchGate } from './fetch-gate';
import { type FetchFailure, FetchWatch, isRefusal } from './fetch-watch';
import { giveBack, isPendingChildren } from './give-back';
import type { KeyPauses } from '../../contract/key-limits';
import { NEXT_DELAYED } from '../internals';
import { ARRIVED_AT, type ParkedJobs } from '../key-limits';
import { KeptEnds } from './kept-ends';
import { askThenPause } from './pause-after-error';
import { OwnCommit, type CommitStore } from './own-commit';
import { DUE_AGAIN, type PatientBackend } from '../postgres/patient-wait';
import { unknownBackoff } from './unknown-backoff';
import { type PauseController, WorkerPauses } from './worker-pauses';
import { workerName } from './worker-name';

/** In milliseconds, as in BullMQ: the pause before a worker checks for stalled jobs again. */
const CHECK_AGAIN = 5_000;

/** In milliseconds: the pause after a fetch that the store has refused. BullMQ's own worker makes none. */
const FETCH_AGAIN = 1_000;

/** In milliseconds: BullMQ's default. */
const LOCK_DURATION = 30_000;

/** Cancels the attempts that a worker runs. */
export interface CancellableAttempts {
  /** Aborts the attempt of one job. @returns whether it runs here */
  abort(id: string, reason: unknown): boolean;
  /** Aborts every attempt. */
  abortAll(reason: unknown): void;
}

/**
 * BullMQ's worker, as this library runs it. @nestjs/bullmq creates every worker of the process from this
 * class, so one that runs no `JobHost` behaves like BullMQ's own until {@link serve} is called.
 *
 * Differences after that:
 * - The end of a job is kept until it is stored ({@link KeptEnds}).
 * - `cancelJob` and `cancelAllJobs` abort our attempts, whose signals BullMQ does not hold.
 * - Each failed attempt is recorded with its time ({@link AttemptJob}).
 * - A job whose children are open when its handler returns is given back, and not failed.
 * - A job that is failed without being run gets an actionable reason.
 * - A job whose backoff it does not know is retried after the delay of that: BullMQ would not end its attempt.
 * - A worker whose fetches are refused says so ({@link fetchFailure}), and pauses between them.
 * - On Postgres it does not poll: it waits until it is told of a job ({@link PatientBackend}).
 * - What an asynchronous listener throws is an error of the worker, as what any other one throws is in BullMQ.
 * - A stopping worker waits only for its jobs: its pauses end, and a paused worker is drained.
 */
export class QueueWorker extends Worker {
  // These fields are set after BullMQ's constructor, which starts the worker, has returned. That is in
  // time: no overridden method is called before its first await.
  private attempts: CancellableAttempts | undefined;
  private readonly pauses = new WorkerPauses();
  private readonly gate = new FetchGate();
  private isReleasing = false;
  private isPatient = false;

  // Set by BullMQ's constructor; a field with a value would be reset after it.
  declare private fetches: FetchWatch;
  declare private ends: KeptEnds;
  /** Each call is sent once. */
  declare private direct: IQueueBackend;

  /** Makes this the worker of a `JobHost`. Call it in the tick that created the worker. */
  serve(attempts: CancellableAttempts): void {
    this.attempts = attempts;
    this.opts.settings = {
      backoffStrategy: unknownBackoff((problem) => this.emit('error', problem)),
      ...this.opts.settings,
    };
    const backend: Partial<PatientBackend> = this.direct as object;
    this.isPatient = backend.waitPatiently !== undefined;
    backend.waitPatiently?.({
      checkStalled: () => {
        // Starts its timer anew, with a check at once.
        if (this.isRunning() && !this.isPaused()) void this.startStalledCheckTimer();
      },
      isIdle: () => this.lockManager.getTrackedJobIds().length === 0,
    });
  }

  /**
   * Keeps the worker from fetching until {@link release}: its process may not have all that it needs yet. Call it in
   * the tick that created the worker.
   */
  hold(): void {
    this.gate.hold();
  }

  release(): void {
    this.gate.release();
  }

  override on<Event extends keyof WorkerListener>(
    event: Event,
    listener: WorkerListener[Event],
  ): this {
    // An asynchronous listener of errors cannot be told of its own.
    if (event === 'error') return super.on(event, listener);
    const answering = answeringListener(listener, (error) => {
      this.emit('error', error instanceof Error ? error : new Error(String(error)));
    });
    return super.on(event, answering as WorkerListener[Event]);
  }

  /** Stops fetching at once. @returns a promise that resolves when every fetched job has ended */
  async drain(): Promise<void> {
    this.pauses.shorten();
    if (!this.isPaused()) {
      const pausing = this.pause();
      this.release();
      await pausing;
      return;
    }
    this.release();
    // BullMQ's `pause` does not wait if the application has already paused the worker.
    if (this.mainLoopRunning === null) return;
    await this.getBackend().disconnectBlocking(true);
    await this.mainLoopRunning;
  }

  /** Why this worker takes no job; undefined if it does, or could. */
  get fetchFailure(): FetchFailure | undefined {
    return this.fetches.failure;
  }

  /**
   * Stops fetching at once, and for good: for a process that ends. Does not wait for what runs.
   *
   * @returns a promise that resolves when each job that was being fetched has begun
   */
  async halt(): Promise<void> {
    const halting = this.gate.halt();
    this.pause(true).catch(() => undefined);
    await halting;
    // The worker passes a fetched job to its processor in promises that follow.
    await new Promise((resolve) => setImmediate(resolve));
  }

  protected override createBackend(): void {
    // Kept with each job that it runs (`processedBy`).
    this.opts.name ??= workerName();
    super.createBackend();
    this.fetches = new FetchWatch();
    this.ends = new KeptEnds({
      lockDuration: this.opts.lockDuration ?? LOCK_DURATION,
      isRunning: (id) => this.lockManager.getTrackedJobIds().includes(id),
      onKept: (error) =>
        this.emit('error', error instanceof Error ? error : new Error(String(error))),
    });
    this.direct = this.backend;
    this.backend = this.fetches.watch(this.ends.keep(this.backend));
  }

  /** Lets the handler of a job that this worker runs complete it in its own transaction. */
  ownCommit(job: Job, token: string, store: CommitStore): OwnCommit {
    const lockDuration = this.opts.lockDuration ?? LOCK_DURATION;
    return new OwnCommit(job, token, store, {
      backend: this.direct,
      lockDuration,
      untilAnswered: (ask) => this.ends.untilAnswered(ask),
      renew: (held, lock, isRenewed) => {
        const { id = '' } = held;
        if (!isRenewed) {
          this.lockManager.untrackJob(id);
          return;
        }
        // Due at once: it was not renewed for a while.
        this.lockManager.trackJob(id, lock, Date.now() - lockDuration, false);
      },
    });
  }

  /** Ends that cannot be stored are given up: at once if `force` is set, otherwise after a while. */
  override async close(force = false): Promise<void> {
    this.ends.giveUpAfter(force ? 0 : SHUTDOWN_BUDGET.store.time);
    await super.close(force);
  }

  protected override async moveToActive(token: string, name?: string): Promise<Job> {
    try {
      // A pause does not stop a worker that waits for a job from fetching it.
      const job = await this.gate.fetch(
        () => this.isPaused(),
        async () => {
          const fetched = (await super.moveToActive(token, name)) as Job | undefined;
          if (fetched === undefined) this.releaseParked();
          return fetched;
        },
      );
      // BullMQ's type lacks that there may be none.
      return job as Job;
    } catch (error) {
      if (isRefusal(error)) await this.delay(FETCH_AGAIN);
      throw error;
    }
  }

  /**
   * Jobs wait for room in their key, and this worker has no limits: the contract had some before. BullMQ says so itself,
   * as the time of its next delayed job.
   */
  private releaseParked(): void {
    const nextDelayed: unknown = Reflect.get(this, NEXT_DELAYED);
    if (this.isReleasing || !(Number(nextDelayed) >= ARRIVED_AT)) return;
    const backend: Partial<ParkedJobs> = this.backend as object;
    this.isReleasing = true;
    const releasing = backend.releaseParked?.() ?? Promise.resolve();
    releasing
      .catch((error: unknown) => this.emit('error', error as Error))
      .finally(() => {
        this.isReleasing = false;
      });
  }

  /** Starts no job of a key of the contract's `limit` for this time, in milliseconds, in any worker. */
  async pauseKey(key: string, delay: number): Promise<void> {
    const backend: Partial<KeyPauses> = this.backend as object;
    await backend.pauseKey?.(key, delay);
  }

  /** In seconds. BullMQ fetches again at once while jobs are due that cannot be fetched. */
  protected override getBlockTimeout(blockUntil: number): number {
    const time = super.getBlockTimeout(blockUntil);
    return this.isPatient ? Math.max(time, DUE_AGAIN / 1_000) : time;
  }

  override cancelJob(id: string, reason?: string): boolean {
    return this.attempts?.abort(id, reason) ?? super.cancelJob(id, reason);
  }

  override cancelAllJobs(reason?: string): void {
    if (this.attempts === undefined) super.cancelAllJobs(reason);
    else this.attempts.abortAll(reason);
  }

  override delay(milliseconds?: number, controller?: PauseController): Promise<void> {
    return this.pauses.run(milliseconds, controller, (time, ending) => super.delay(time, ending));
  }

  protected override get Job(): typeof Job {
    return this.attempts === undefined ? super.Job : AttemptJob;
  }

  protected override async handleFailed(
    error: Error,
    job: Job,
    token: string,
    fetchNextCallback?: () => boolean,
    span?: Span,
  ): Promise<Job> {
    const explained =
      this.attempts === undefined ? undefined : explainUnrunJob(error.message, job, this.opts);
    const failure = explained === undefined ? error : new UnrecoverableError(explained);
    const reason = isPendingChildren(failure) ? await giveBack(job, token, failure) : failure;
    return super.handleFailed(reason, job, token, fetchNextCallback, span);
  }

  /** BullMQ's own pause after a failed check keeps the process alive for 5 s after everything has closed. */
  protected override checkConnectionError<Answer>(
    ask: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    return askThenPause(
      (question, pause) => super.checkConnectionError(question, pause),
      ask,
      () => this.delay(CHECK_AGAIN),
    );
  }
}
