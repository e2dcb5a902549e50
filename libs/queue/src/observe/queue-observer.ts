import type { JobProgress } from 'bullmq';

/** One job in its queue. */
export interface ObservedJob {
  readonly queue: string;
  readonly id: string;
}

/** A producer has added jobs; those of one call. */
export interface JobsAdded {
  readonly queue: string;
  readonly ids: readonly string[];
  /** Whether they exist only if the caller's transaction commits, which is not known yet. */
  readonly inTransaction: boolean;
}

/** A worker begins an attempt of a job. */
export interface AttemptStarted extends ObservedJob {
  /** 1 for the first attempt, 2 for the first retry. */
  readonly attempt: number;
  /**
   * From the time at which the job was due (added, and its delay over) to now, in milliseconds. Undefined
   * for a retry: it is not stored when that is due.
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
  /** From the start of the attempt to its end; in milliseconds. */
  readonly duration: number;
}

/** An attempt has failed, and the store has the failure. */
export interface AttemptFailed extends ObservedJob {
  readonly attempt: number;
  /** How many attempts the job may have. */
  readonly maxAttempts: number;
  readonly error: Error;
  /** Until the next attempt, in milliseconds; undefined if the job has failed permanently. */
  readonly retryIn: number | undefined;
}

/** Jobs that did not finish before their worker stopped are in their queues again; no attempt is used up. */
export interface JobsRequeued {
  readonly jobs: readonly ObservedJob[];
}

/** The event loop of this process did nothing else for a while. */
export interface LoopBlocked {
  /** A lower bound, in milliseconds. */
  readonly duration: number;
  /** The jobs that ran during it. One of them is the cause, if a job is. */
  readonly jobs: readonly ObservedJob[];
}

/** A store, by its location: host, port and database, without user and password. */
export interface StoreBack {
  readonly store: string;
}

/** The store does not answer. This process tries again until it does. */
export interface StoreLost extends StoreBack {
  readonly error: Error;
}

/** A child of an isolated processor is ready for its first job. */
export interface SandboxReady {
  /** The processor's name. */
  readonly processor: string;
  /** Such as `process 4711`. */
  readonly sandbox: string;
  /** From its start to now, in milliseconds. */
  readonly duration: number;
}

/** A child of an isolated processor has ended, though nobody has asked it to; or it was killed because it did not end. */
export interface SandboxLost {
  readonly processor: string;
  readonly sandbox: string;
  readonly reason: 'ended while idle' | 'killed on close';
}

/** A child of an isolated processor could not be started. The same reason is reported once. */
export interface SandboxRefused {
  readonly processor: string;
  readonly error: Error;
}

/** The relay has published jobs of the outbox to their queues. */
export interface OutboxPublished {
  readonly count: number;
}

/** The relay cannot publish for now. It tries again until it can; reported once until then. */
export interface OutboxFailing {
  readonly error: unknown;
}

/** A queue has refused a job of the outbox. The job is kept and tried again. */
export interface OutboxRefused extends ObservedJob {
  /** The row in the outbox. */
  readonly row: string;
  /** How often it was tried. */
  readonly attempts: number;
  readonly reason: string;
}

/** The oldest job has been in the outbox for a minute or more. */
export interface OutboxLate {
  /** In milliseconds. */
  readonly age: number;
}

/** An error of a queue, a worker or an event reader that no caller waits for. */
export interface ErrorReported {
  readonly error: Error;
  /** What it means, in a sentence for a person, if that is known. */
  readonly explanation: string | undefined;
}

/** Everything that can be observed, with what is told of it. */
export interface QueueEventMap {
  jobsAdded: JobsAdded;
  attemptStarted: AttemptStarted;
  jobProgressed: JobProgressed;
  jobCompleted: JobCompleted;
  attemptFailed: AttemptFailed;
  jobsRequeued: JobsRequeued;
  /** The worker of a job has disappeared; the job waits again. */
  jobStalled: ObservedJob;
  loopBlocked: LoopBlocked;
  storeLost: StoreLost;
  storeBack: StoreBack;
  sandboxReady: SandboxReady;
  sandboxLost: SandboxLost;
  sandboxRefused: SandboxRefused;
  outboxPublished: OutboxPublished;
  outboxFailing: OutboxFailing;
  /** The relay publishes again after it was failing. */
  outboxBack: undefined;
  outboxRefused: OutboxRefused;
  outboxLate: OutboxLate;
  /** No job has been in the outbox for a minute any more. */
  outboxCaughtUp: undefined;
  errorReported: ErrorReported;
}

/**
 * Is called about what happens to jobs in this process: for logs, metrics and traces. It has a method for
 * each event that it is interested in. What a method throws is ignored; it must return at once.
 *
 *     QueueModule.forRoot({ url, observers: [{ attemptFailed: ({ queue }) => failures.inc({ queue }) }] })
 */
export type QueueObserver = {
  readonly [Name in keyof QueueEventMap]?: (event: QueueEventMap[Name]) => void;
};

/** An observer with every method. */
export type AnyObserver = Required<QueueObserver>;
