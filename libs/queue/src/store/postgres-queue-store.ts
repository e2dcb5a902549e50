import type { ConnectionPool } from '@libs/health';
import type { IQueueBackend, Queue } from 'bullmq';
import { addEntries } from './add-entries';
import { QueueStore, type BackendRequest, type JobEntry, type PostgresAccess } from './queue-store';
import type { AnyObserver } from '../observe/queue-observer';
import type { QueueStoreOptions } from '../options/store-options';
import type { TransactionManager } from '../connection/transaction-manager';
import { identityOf, type Queryable } from '../connection/postgres/database-identity';
import { requireOnePassword } from '../connection/postgres/client-password';
import { locationOf } from '../connection/postgres/location';
import { ReplicasUnsupportedError } from '../connection/redis/replication.errors';
import { PostgresPool } from '../connection/postgres/postgres-pool';
import { requireRights } from '../connection/postgres/role-rights';
import { POSTGRES_STATEMENTS } from '../bullmq/internals';
import type { WithKeyLimits } from '../contract/key-limits';
import { dueJobsConnection } from '../bullmq/postgres/due-jobs';
import { groupingConnection } from '../bullmq/postgres/grouped-statements';
import type { JobWatch } from '../bullmq/postgres/job-watch';
import { LimitedPostgresBackend } from '../bullmq/postgres/limited-postgres-backend';
import { limitingConnection } from '../bullmq/postgres/postgres-key-limits';
import { SharedPostgresBackend } from '../bullmq/postgres/shared-postgres-backend';
import { SharedPostgresConnection } from '../bullmq/postgres/shared-postgres-connection';
import { TransactionalPool } from '../connection/postgres/transactional-pool';

/** The queues of a process in a Postgres database: one pool, and one listening connection. */
export class PostgresQueueStore extends QueueStore {
  readonly location: string;
  readonly access: PostgresAccess = {
    kind: 'postgres',
    query: async <Row>(text: string, parameters?: readonly unknown[]) => {
      await this.connection.waitUntilReady();
      return (await this.pool.query<Row>(text, parameters)).rows;
    },
    renewNotes: (notes) => this.watch.renewNotes(notes),
    asPartOf: (transaction, refuse, run) => this.pool.asPartOf(transaction, refuse, run),
  };
  override readonly watch: JobWatch;
  readonly pools: readonly ConnectionPool[];
  private readonly pool: TransactionalPool;
  private readonly connection: SharedPostgresConnection;
  /** Whether its role was seen to have the rights that it needs. */
  private isAllowed = false;
  /** The same connection, for queues without limits by key. */
  private readonly grouping: SharedPostgresConnection;
  private readonly prepared = new Map<string, Promise<unknown>>();

  /** @throws ReplicasUnsupportedError */
  constructor(options: QueueStoreOptions, observer: AnyObserver) {
    super();
    this.location = locationOf(options.url);
    requireOnePassword(options.url, options.password);
    const { replicas = 0 } = options;
    if (replicas > 0) throw new ReplicasUnsupportedError(this.location, replicas);
    const pool = new PostgresPool(options, this.location, observer);
    this.pools = pool.pools;
    this.pool = new TransactionalPool(pool, this.location);
    this.connection = new SharedPostgresConnection(this.pool, this.location, options.migrateHint);
    this.watch = this.connection.watch;
    // There are none in a process without workers.
    this.watch.onRound(() => {
      this.pool.keepOne();
    });
    this.grouping = this.group(options.groupStatements ?? true);
  }

  protected override openBackend(...[name, options]: BackendRequest): IQueueBackend {
    const { keyLimits } = options as WithKeyLimits;
    if (keyLimits === undefined) return new SharedPostgresBackend(this.grouping, name, options);
    this.connection.requireRuntimeTables();
    const limiting = limitingConnection(this.connection, keyLimits);
    return new LimitedPostgresBackend(limiting, name, options);
  }

  private group(isWanted: boolean): SharedPostgresConnection {
    if (!isWanted) return this.connection;
    this.connection.useGroups();
    const fetching = dueJobsConnection(this.connection, () => this.connection.canFetchDue);
    return groupingConnection(fetching, {
      isPossible: () => this.connection.canGroup,
      isInTransaction: () => this.pool.isInTransaction,
    });
  }

  async latestEventId(queue: string): Promise<string> {
    await this.connection.waitUntilReady();
    const { rows } = await this.pool.query<{ max: string }>(POSTGRES_STATEMENTS.newestEvent, [
      queue,
    ]);
    return rows[0]?.max ?? '0';
  }

  async addInTransaction(
    transaction: TransactionManager,
    queue: Queue,
    entries: readonly JobEntry[],
  ): Promise<string[]> {
    await this.prepare(queue.name);
    return this.pool.inTransaction(transaction, queue.name, () => addEntries(queue, entries));
  }

  requireFlows(): void {
    // One statement adds jobs to any number of queues.
  }

  override async sharesDatabase(connection: Queryable): Promise<boolean> {
    return this.pool.database.isIdentified(await identityOf(connection));
  }

  async check(): Promise<void> {
    if (!this.isAllowed) await requireRights(this.pool, this.location);
    this.isAllowed = true;
    await this.connection.waitUntilReady();
    await this.pool.query(POSTGRES_STATEMENTS.probeWrites);
    this.pool.reportUsable();
  }

  async close(): Promise<void> {
    // Together: the first waits for a listening connection that is being made, which the second cuts.
    await Promise.all([this.connection.end(), this.pool.end()]);
  }

  /**
   * The first job of a queue creates the sequence of its ids, under a lock held until the transaction ends;
   * every concurrent first job would wait for it. So it is created beforehand, in a transaction of its own.
   */
  private prepare(queue: string): Promise<unknown> {
    const known = this.prepared.get(queue);
    if (known !== undefined) return known;
    const preparing = this.createSequence(queue);
    this.prepared.set(queue, preparing);
    // The next `add` retries.
    preparing.catch(() => this.prepared.delete(queue));
    return preparing;
  }

  private async createSequence(queue: string): Promise<void> {
    await this.connection.waitUntilReady();
    // BullMQ creates it when it takes the first id. An unused id does no harm.
    await this.pool.query(POSTGRES_STATEMENTS.createJobIds, [queue]);
  }
}
