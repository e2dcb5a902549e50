import type { PoolUse } from '@libs/health';
import type { JobsOptions, Queue } from 'bullmq';
import type { UnpublishedEntry } from '../cancel/unpublished-jobs';
import { OutboxSchemaError } from './outbox-schema.error';
import { textOf } from '../text/reason-of';
import { TransactionRequiredError } from '../connection/transaction.errors';
import { connectionError } from '../connection/postgres/connection-error';
import { ConnectionPool } from '../connection/postgres/connection-pool';
import { ConnectionProblem } from '../connection/connection-problem';
import { requireSession } from '../connection/postgres/session-check';
import { QueueAccessError } from '../connection/queue-access.error';
import { requireOnePassword } from '../connection/postgres/client-password';
import { KnownDatabase } from '../connection/postgres/database-identity';
import { locationOf } from '../connection/postgres/location';
import { NO_TRANSACTION } from '../connection/postgres/statement-error';
import {
  clientOf,
  runInTransaction,
  type TransactionClient,
} from '../connection/postgres/transaction-client';
import { inTurn } from '../connection/postgres/transaction-turns';
import type { JobEntry, QueueStore } from '../store/queue-store';
import type { TransactionManager } from '../connection/transaction-manager';
import type { PasswordSource } from '../options/password-source';
import { hasOutbox } from './migrate-outbox';
import { outboxEntry } from './outbox-entry';
import { OUTBOX_CHANNEL, OUTBOX_TABLE } from './outbox-table';
import { traceCreation, type TraceOption } from './outbox-trace';

/** In milliseconds. */
const ANSWER_TIMEOUT = 10_000;

/** In addition to the connection of the relay. */
export const OUTBOX_POOL_MAX = 2;

const INSERT = `
  WITH added AS (
    INSERT INTO ${OUTBOX_TABLE} (queue, job_id, name, data, options, children)
    SELECT $1, entry ->> 'id', entry ->> 'name', entry -> 'data', entry -> 'options', entry -> 'children'
    FROM json_array_elements($2::json) WITH ORDINALITY AS entries (entry, position)
    ORDER BY position
  )
  SELECT pg_notify('${OUTBOX_CHANNEL}', '')`;

/** How far the relays lag behind. */
export interface OutboxLag {
  /** Committed jobs that are not published yet. */
  readonly rows: number;
  /** Those refused by the queue store. */
  readonly refused: number;
  /** Time since the oldest of them was added, in milliseconds; 0 if there is none. */
  readonly oldestAge: number;
}

/** A job that is not published yet. */
export interface UnpublishedJob {
  readonly addedAt: Date;
  readonly options: JobsOptions;
  /** Why the queue store refused it, if it did. */
  readonly error: string | undefined;
  /** Whether it is going to wait for children. */
  readonly waits: boolean;
}

/**
 * Makes jobs part of transactions that the queue store cannot take part in: it writes them to a table of
 * the application's own database, and an {@link OutboxRelay} publishes them after the commit.
 */
export class Outbox implements Pick<QueueStore, 'addInTransaction'> {
  readonly location: string;
  private readonly settings: ConstructorParameters<typeof ConnectionPool>[0];
  private readonly pool: ConnectionPool;
  private readonly database: KnownDatabase;
  private closing: Promise<void> | undefined;

  constructor(
    readonly url: string,
    readonly store: QueueStore,
    private readonly migrateHint?: string,
    readonly applicationName = 'queue',
    /** In milliseconds: a connection whose statement is not answered by then counts as lost. */
    readonly answerTimeout = ANSWER_TIMEOUT,
    /** @default that in the URL */
    readonly password?: PasswordSource,
  ) {
    requireOnePassword(url, password);
    this.location = `${locationOf(url)} (outbox)`;
    // In addition to the relay's connection. Idle connections are closed, so usually there is none.
    this.settings = {
      connectionString: url,
      passwordSource: password,
      application_name: `${applicationName} outbox`,
      query_timeout: answerTimeout,
      connectionTimeoutMillis: answerTimeout,
      keepAlive: true,
    };
    this.pool = new ConnectionPool({ ...this.settings, max: OUTBOX_POOL_MAX });
    this.database = new KnownDatabase(this.pool);
  }

  /** See {@link QueueStore.addInTransaction}. A transaction of another database is left to the store. */
  async addInTransaction(
    transaction: TransactionManager,
    queue: Queue,
    entries: readonly JobEntry[],
  ): Promise<string[]> {
    const client = await clientOf(transaction);
    if (client === undefined) throw new TransactionRequiredError(queue.name);
    if (!(await this.reportingEnd(queue, this.database.holds(client)))) {
      return this.store.addInTransaction(transaction, queue, entries);
    }
    if (entries.length === 0) return [];
    return traceCreation(queue, (trace) => this.insert(client, queue, entries, trace));
  }

  private async insert(
    client: TransactionClient,
    queue: Queue,
    entries: readonly JobEntry[],
    trace: TraceOption,
  ): Promise<string[]> {
    const rows = entries.map((entry) => outboxEntry(queue, entry, trace));
    const json = `[${rows.map(({ text }) => text).join(',')}]`;
    const inserting = inTurn(client, () => runInTransaction(client, INSERT, [queue.name, json]));
    await this.reportingEnd(queue, inserting);
    return rows.map(({ id }) => id);
  }

  /** @throws TransactionRequiredError if the transaction of a statement has ended, or was none. */
  private async reportingEnd<Result>(queue: Queue, asked: Promise<Result>): Promise<Result> {
    try {
      return await asked;
    } catch (error) {
      if (textOf(error, 'code') === NO_TRANSACTION) {
        throw new TransactionRequiredError(queue.name, { cause: error });
      }
      throw connectionError(error, this.location);
    }
  }

  /** Finds a committed job that is not published yet. */
  async find(queue: string, jobId: string): Promise<UnpublishedJob | undefined> {
    const [row] = await this.query<{
      created_at: Date;
      options: JobsOptions;
      error: string | null;
      waits: boolean;
    }>(
      `SELECT created_at, options, error, children IS NOT NULL AS waits FROM ${OUTBOX_TABLE}
       WHERE queue = $1 AND job_id = $2 ORDER BY id LIMIT 1`,
      [queue, jobId],
    );
    if (row === undefined) return undefined;
    const { created_at: addedAt, options, error, waits } = row;
    return { addedAt, options, error: error ?? undefined, waits };
  }

  /**
   * Removes a committed job that is not published yet; waits for a relay that is publishing it.
   *
   * @param then is called while the job is being removed, with the job; undefined if there was none. If it fails, the job
   *   is published after all
   */
  async remove<Result>(
    queue: string,
    jobId: string,
    then: (job: UnpublishedEntry | undefined) => Promise<Result>,
  ): Promise<Result> {
    if ((await this.find(queue, jobId)) === undefined) return then(undefined);
    return this.reporting(() =>
      this.pool.transaction(async (query) => {
        const { rows } = await query(
          `DELETE FROM ${OUTBOX_TABLE} WHERE queue = $1 AND job_id = $2 RETURNING name, data, options`,
          [queue, jobId],
        );
        const [job] = rows as UnpublishedEntry[];
        return then(job);
      }),
    );
  }

  async lag(): Promise<OutboxLag> {
    const [row] = await this.query<OutboxLag>(`
      SELECT count(*)::integer AS rows, count(error)::integer AS refused,
             COALESCE(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000, 0)::float8 AS "oldestAge"
      FROM ${OUTBOX_TABLE}`);
    return row ?? { rows: 0, refused: 0, oldestAge: 0 };
  }

  /**
   * Whether the store cannot take part in transactions of this database by itself. If so, this outbox is
   * ready for use.
   *
   * @throws QueueUnreachableError if either does not answer.
   * @throws OutboxSchemaError if the table of the outbox is missing.
   */
  async isNeeded(): Promise<boolean> {
    return this.reporting(async () => {
      if (await this.store.sharesDatabase(this.pool)) return false;
      // The relay listens.
      await requireSession(this.settings).catch((error: unknown) => {
        throw error instanceof ConnectionProblem
          ? new QueueAccessError(this.location, error)
          : error;
      });
      // Queried now, so that adding a job needs only the caller's connection.
      await this.database.learn();
      if (await hasOutbox(this.pool)) return true;
      throw new OutboxSchemaError(locationOf(this.url), this.store.location, this.migrateHint);
    });
  }

  get use(): PoolUse {
    return this.pool.use;
  }

  close(): Promise<void> {
    this.closing ??= this.pool.end();
    return this.closing;
  }

  private query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]> {
    return this.reporting(async () => (await this.pool.query<Row>(text, values)).rows);
  }

  /** Adds the location of the database to connection errors. */
  private async reporting<Result>(asked: () => Promise<Result>): Promise<Result> {
    try {
      return await asked();
    } catch (error) {
      throw connectionError(error, this.location);
    }
  }
}
