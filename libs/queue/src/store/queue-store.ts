import type { BackendFactory, IQueueBackend, JobsOptions, Queue } from 'bullmq';
import type { Queryable } from '../connection/postgres/database-identity';
import type { TransactionManager } from '../connection/transaction-manager';

/** What BullMQ passes when a queue, a worker or an event reader needs its backend. */
export type BackendRequest = Parameters<BackendFactory<IQueueBackend, unknown>>;

/** A job that is to be added, as BullMQ takes it. */
export interface JobEntry {
  readonly name: string;
  readonly data: unknown;
  /** Over the options that the queue gives to all its jobs. */
  readonly opts?: JobsOptions;
}

/**
 * The database behind the queues of one process. Every queue, worker and event reader of the process
 * shares its connections; given to BullMQ as the `connection` option.
 */
export abstract class QueueStore {
  /** Where it is, without user and password; for messages. */
  abstract readonly location: string;

  /** BullMQ's view of one queue in this store. */
  abstract backend(...request: BackendRequest): IQueueBackend;

  /** The id of the newest event of a queue: an event reader that starts from it misses none after. */
  abstract latestEventId(queue: string): Promise<string>;

  /**
   * Adds jobs to a queue so that they exist if and only if the caller's transaction commits. If it
   * fails, the transaction can go on without them.
   *
   * @returns the id of each job
   * @throws TransactionRequiredError if the manager is in no transaction.
   * @throws OtherDatabaseError if the store can be no part of the transaction.
   */
  abstract addInTransaction(
    transaction: TransactionManager,
    queue: Queue,
    entries: readonly JobEntry[],
  ): Promise<string[]>;

  /**
   * Whether the queues are in the database that a connection of `pg` is to, so that jobs can be part of
   * its transactions.
   */
  abstract sharesDatabase(connection: Queryable): Promise<boolean>;

  /**
   * Resolves if the store can be used now.
   *
   * @throws QueueUnreachableError if it does not answer.
   * @throws QueueSchemaError if its tables are missing or too old.
   */
  abstract check(): Promise<void>;

  /** Closes every connection. To be called last: whatever still uses the store never gets an answer. */
  abstract close(): Promise<void>;
}
