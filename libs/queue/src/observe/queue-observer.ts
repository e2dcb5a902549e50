import type { JobProgress } from 'bullmq';

/** One job in its queue. */
export interface ObservedJob {
  readonly queue: string;
  readonly id: string;
}

/** A producer has added jobs in one call. */
export interface JobsAdded {
  readonly queue: string;
  readonly ids: readonly string[];
  /** Whether they were added in the caller's transaction, which has not committed yet. */
  readonly inTransaction: boolean;
}

/** A worker has started an attempt of a job. */
export interface AttemptStarted extends ObservedJob {
  /** 1 for the first attempt, 2 for the first retry. */
  readonly attempt: number;
  /**
   * From the time the job was due (added, and its delay over) until now, in milliseconds. Undefined for a
   * retry, whose due time is not stored.
   */
  readonly waited: number | undefined;
}

/** A handler has reported its progress, and the store has it. */
export interface JobProgressed extends ObservedJob {
  readonly progress: JobProgress;
}

/** A job is completed, and the store has its result. */
export interface JobCompleted extends ObservedJob {
  readonly attempt: number;
  /** From the start of the attempt to its end, in milliseconds. */
  readonly duration: number;
}

/** An attempt has failed, and the store has the failure. */
export interface AttemptFailed extends ObservedJob {
  readonly attempt: number;
  /** The maximum number of attempts. */
  readonly maxAttempts: number;
  readonly error: Error;
  /** From the start of the attempt to its end, in milliseconds; undefined if no handler was started. */
  readonly duration: number | undefined;
  /** Time until the next attempt, in milliseconds; undefined if the job has failed permanently. */
  readonly retryIn: number | undefined;
}

/** A job is cancelled, and the store has it. */
export interface JobCancelled extends ObservedJob {
  /** Why. */
  readonly reason: string;
  /** Whether an attempt of it was started, and ended for this; reported by the process that ran it. */
  readonly wasRunning: boolean;
  /** From the start of that attempt to its end, in milliseconds. */
  readonly duration: number | undefined;
}

/** Jobs that did not finish before their worker stopped were requeued; no attempt is used up. */
export interface JobsRequeued {
  readonly jobs: readonly ObservedJob[];
}

/** The event loop of this process was blocked. */
export interface LoopBlocked {
  /** A lower bound, in milliseconds. */
  readonly duration: number;
  /** The jobs that ran during the block. If a job caused it, it is one of these. */
  readonly jobs: readonly ObservedJob[];
}

/** The process of a worker ends: an error was not caught, or a job has called `process.exit()`. */
export interface ProcessCrashed {
  /** A clause, such as `an error was not caught: read ECONNRESET`. */
  readonly reason: string;
  readonly error: Error;
  /**
   * What `jobs` have to do with it:
   *
   * - `culprit`: the code of this job did it, or it was the only one that ran. Its attempt has failed.
   * - `leftover`: this job did it, with code that still ran after its end.
   * - `suspects`: one of these did it. They run again when their lock has expired.
   * - `none`: no job ran.
   */
  readonly blame: 'culprit' | 'leftover' | 'suspects' | 'none';
  readonly jobs: readonly ObservedJob[];
}

/** A job that has lost its worker several times begins, and no other one does in this process meanwhile. */
export interface JobRunsAlone extends ObservedJob {
  /** How often it has lost its worker. */
  readonly losses: number;
  /** How long other jobs may have to wait for it, in milliseconds. */
  readonly longest: number;
}

/** A store, by its location: host, port and database, without user and password. */
export interface StoreBack {
  readonly store: string;
}

/** The store does not answer. This process retries until it does. */
export interface StoreLost extends StoreBack {
  readonly error: Error;
}

/** A sandbox is ready for its first job. */
export interface SandboxReady {
  /** The processor's name. */
  readonly processor: string;
  /** Such as `process 4711`. */
  readonly sandbox: string;
  /** From its start until now, in milliseconds. */
  readonly duration: number;
}

/** A sandbox has ended unexpectedly, or was killed because it did not end. */
export interface SandboxLost {
  readonly processor: string;
  readonly sandbox: string;
  readonly reason: 'ended while idle' | 'killed on close';
}

/** A sandbox that was ready has ended, for whatever reason. */
export interface SandboxEnded {
  readonly processor: string;
  readonly sandbox: string;
  /**
   * - `closed`: its worker stops.
   * - `killed`: its job ignored the abort signal, or it did not close in time.
   * - `crashed`: it ended by itself.
   */
  readonly reason: 'closed' | 'killed' | 'crashed';
}

/** A sandbox could not be started. The same reason is reported once. */
export interface SandboxRefused {
  readonly processor: string;
  readonly error: Error;
}

/** The relay has published jobs of the outbox to their queues. */
export interface OutboxPublished {
  readonly count: number;
}

/** The relay cannot publish. It retries until it can; reported once until then. */
export interface OutboxFailing {
  readonly error: unknown;
}

/** A queue has refused a job of the outbox. The job is kept and retried. */
export interface OutboxRefused extends ObservedJob {
  /** The row in the outbox. */
  readonly row: string;
  /** How often publishing it was attempted. */
  readonly attempts: number;
  readonly reason: string;
}

/** The oldest job has been in the outbox for a minute or more. */
export interface OutboxLate {
  /** In milliseconds. */
  readonly age: number;
}

/** An operator has paused, resumed, drained or limited a queue by this process. */
export interface QueueOperated {
  readonly queue: string;
  readonly action: 'pause' | 'resume' | 'drain' | 'concurrency';
  /** Who or what did it, if known. */
  readonly by: string | undefined;
  /** How many jobs a drain has removed. */
  readonly removed?: number;
  /** The new limit for all processes; undefined: none. */
  readonly concurrency?: number | undefined;
}

/** A worker has brought the schedules of its contract into effect, because they are new or have changed. */
export interface SchedulesChanged {
  readonly queue: string;
  /** Names of schedules. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** The schedules of this process have no effect: a worker of another build has replaced them. */
export interface SchedulesOnStandby {
  readonly queue: string;
  /** When they were replaced. */
  readonly since: Date;
}

/** There is no run for one time of a schedule, or for several up to it. */
export interface ScheduleSkipped {
  readonly queue: string;
  readonly schedule: string;
  readonly at: Date;
  /**
   * - `overlap`: an earlier run had not ended (`overlap: 'skip'`).
   * - `missed`: no worker was there (`missed: 'skip'`).
   * - `duplicate`: the contract's `dedupe` has found an unfinished job.
   */
  readonly reason: 'overlap' | 'missed' | 'duplicate';
}

/** An error of a queue, a worker or an event reader that no caller waits for. */
export interface ErrorReported {
  readonly error: Error;
  /** A sentence that explains the error, if known. */
  readonly explanation: string | undefined;
}

/** Every event, with its payload. */
export interface QueueEventMap {
  jobsAdded: JobsAdded;
  attemptStarted: AttemptStarted;
  jobProgressed: JobProgressed;
  jobCompleted: JobCompleted;
  attemptFailed: AttemptFailed;
  /** In place of the failure of an attempt. */
  jobCancelled: JobCancelled;
  jobsRequeued: JobsRequeued;
  /** The worker of a job has disappeared; the job is waiting again. */
  jobStalled: ObservedJob;
  loopBlocked: LoopBlocked;
  /**
   * Like `loopBlocked`, for every block of at least 50 ms while a job ran. Measured only if an observer of the
   * application has this method, because the loop is then looked at more often.
   */
  loopDelayed: LoopBlocked;
  processCrashed: ProcessCrashed;
  jobRunsAlone: JobRunsAlone;
  storeLost: StoreLost;
  storeBack: StoreBack;
  sandboxReady: SandboxReady;
  sandboxLost: SandboxLost;
  sandboxEnded: SandboxEnded;
  sandboxRefused: SandboxRefused;
  outboxPublished: OutboxPublished;
  outboxFailing: OutboxFailing;
  /** The relay publishes again after a failure. */
  outboxBack: undefined;
  outboxRefused: OutboxRefused;
  outboxLate: OutboxLate;
  /** The oldest job has been in the outbox for less than a minute again. */
  outboxCaughtUp: undefined;
  queueOperated: QueueOperated;
  schedulesChanged: SchedulesChanged;
  schedulesOnStandby: SchedulesOnStandby;
  scheduleSkipped: ScheduleSkipped;
  errorReported: ErrorReported;
}

/**
 * Called for events of jobs in this process: for logs, metrics and traces. Implement a method for each
 * event of interest. Methods must return at once; what they throw is ignored.
 *
 *     QueueModule.forRoot({ url, observers: [{ attemptFailed: ({ queue }) => failures.inc({ queue }) }] })
 */
export type QueueObserver = {
  readonly [Name in keyof QueueEventMap]?: (event: QueueEventMap[Name]) => void;
};

/** An observer with every method. */
export type AnyObserver = Required<QueueObserver>;
