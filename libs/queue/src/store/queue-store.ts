import type { ConnectionPool } from '@libs/health';
import type { BackendFactory, IQueueBackend, JobsOptions, Queue } from 'bullmq';
import type { CancelMarks } from '../bullmq/cancel-marks';
import { checkedBackend } from '../bullmq/checked-backend';
import type { JobWatch } from '../bullmq/postgres/job-watch';
import type { KeptNotes } from '../bullmq/postgres/postgres-worker-notes';
import type { Queryable } from '../connection/postgres/database-identity';
import type { UnsuitedTransaction } from '../connection/postgres/transactional-pool';
import type { RedisClient } from '../connection/redis/redis-client';
import type { TransactionManager } from '../connection/transaction-manager';
import { checkOptions } from '../limits/check-options';
import { InvalidOptionError, type OptionProblem } from '../limits/invalid-option.errors';
import { WORKER_OPTIONS } from '../limits/option-rules';

/** BullMQ's arguments when a queue, a worker or an event reader needs its backend. */
export type BackendRequest = Parameters<BackendFactory<IQueueBackend, unknown>>;

/** A job to add, in BullMQ's format. */
export interface JobEntry {
  readonly name: string;
  readonly data: unknown;
  /** Override the queue's default options. */
  readonly opts?: JobsOptions;
  /** Its children, by name, if it waits for some. */
  readonly children?: ChildEntries;
}

/** A child to add, with the queue that it goes to. */
export interface ChildEntry extends JobEntry {
  readonly queue: Queue;
}

export type ChildEntries = Readonly<Record<string, readonly ChildEntry[]>>;

/**
 * The store itself, for what BullMQ's `Queue` does not offer. The databases among its kinds wait until the store can be
 * used, and throw the errors of {@link QueueStore.check}.
 */
export type StoreAccess = PostgresAccess | RedisAccess | MemoryAccess;

export interface PostgresAccess {
  readonly kind: 'postgres';
  /** BullMQ's tables need no schema before their names. */
  query<Row>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /**
   * Writes these notes again with each look at the queues; undefined: no longer. Resolves when no look writes those of
   * before any more.
   */
  renewNotes(notes: KeptNotes | undefined): Promise<void>;
  /**
   * Runs a function whose calls of BullMQ's backend are a part of the caller's transaction: if one fails, all of it can
   * only be rolled back.
   *
   * @param refuse makes the error for a manager in no transaction of this database
   */
  asPartOf<Answer>(
    transaction: TransactionManager,
    refuse: (reason: UnsuitedTransaction) => Error,
    run: () => Promise<Answer>,
  ): Promise<Answer>;
}

export interface RedisAccess {
  readonly kind: 'redis';
  run<Answer>(command: (client: RedisClient) => Promise<Answer>): Promise<Answer>;
  /** What the keys of a queue begin with, such as `bull:email:`. On a cluster they are on one node. */
  keyPrefixOf(queue: string): string;
}

/** The store of tests: it answers by itself what the others look up in their database. */
export interface MemoryAccess {
  readonly kind: 'memory';
  readonly marks: CancelMarks;
  readMeta(queue: string, field: string): string | undefined;
  /** @returns whether the field had the expected value; undefined means that there is none */
  changeMeta(
    queue: string,
    field: string,
    expected: string | undefined,
    next: string | undefined,
  ): boolean;
}

/**
 * The database that holds the queues of one process. Every queue, worker and event reader of the process
 * shares its connections. Passed to BullMQ as the `connection` option.
 */
export abstract class QueueStore {
  /** Its address without user and password, for messages. */
  abstract readonly location: string;

  abstract readonly access: StoreAccess;

  /** What the idle workers of this process wait by; undefined where each polls. */
  readonly watch: Pick<JobWatch, 'onRound'> | undefined;

  /** The connections of this process to the store. */
  abstract readonly pools: readonly ConnectionPool[];

  /**
   * BullMQ's backend of one queue in this store, which takes the same numbers on every store.
   *
   * @throws InvalidOptionError if an option of the worker makes no sense, such as a `concurrency` of 0.
   */
  backend(...[queue, options, role]: BackendRequest): IQueueBackend {
    const refuse = (problem: OptionProblem) =>
      new InvalidOptionError(`the worker of "${queue}" jobs`, problem);
    const checked = checkOptions(WORKER_OPTIONS, options, refuse);
    return checkedBackend(this.openBackend(queue, checked, role), queue);
  }

  protected abstract openBackend(...request: BackendRequest): IQueueBackend;

  /** The id of the newest event of a queue: an event reader that starts from it misses no later event. */
  abstract latestEventId(queue: string): Promise<string>;

  /**
   * Whether a job and its children can be added at once, although they are in different queues.
   *
   * @throws FlowsUnsupportedError if they cannot.
   */
  abstract requireFlows(job: string): void;

  /**
   * Adds jobs to a queue so that they exist if and only if the caller's transaction commits. If adding
   * fails, the transaction can continue without them.
   *
   * @returns the id of each job
   * @throws TransactionRequiredError if the manager is in no transaction.
   * @throws OtherDatabaseError if the store cannot take part in the transaction.
   */
  abstract addInTransaction(
    transaction: TransactionManager,
    queue: Queue,
    entries: readonly JobEntry[],
  ): Promise<string[]>;

  /**
   * Whether the queues are in the database of a `pg` connection, so that jobs can be part of its
   * transactions.
   */
  abstract sharesDatabase(connection: Queryable): Promise<boolean>;

  /**
   * Resolves if the store is usable now: jobs can be added and run.
   *
   * @throws QueueUnreachableError if it does not answer.
   * @throws QueueRefusingError if it answers, and takes no jobs for now.
   * @throws QueueFullError if it is full.
   * @throws QueueSchemaError if its tables are missing or too old.
   */
  abstract check(): Promise<void>;

  /**
   * Resolves if the queues that were opened since the last {@link check} are usable too. On Postgres who may use one
   * may use all of them, so this asks nothing.
   *
   * @throws the errors of {@link check}.
   */
  checkQueues(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Resolves if this process can add jobs now: a process may ask for more than the store itself (`replicas`).
   *
   * @throws the errors of {@link check}
   */
  checkAdds(): Promise<void> {
    return this.check();
  }

  /** A process that stops and runs no job need not wait for a store that is away. */
  stopWaiting(): void {
    // By default, nothing waits.
  }

  /** Closes every connection. Call it last: pending operations on the store never get an answer. */
  abstract close(): Promise<void>;
}
