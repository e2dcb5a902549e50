import type { JobsOptions } from 'bullmq';
import pg from 'pg';
import { Sockets } from '../connection/postgres/sockets';
import { OUTBOX_CHANNEL, OUTBOX_TABLE } from './outbox-table';

/** The most jobs that are published at once. */
export const BATCH = 200;

/** In milliseconds: a relay that hangs in the middle of a batch leaves it to the others. */
const IDLE_TIMEOUT = 60_000;

/** A job that waits in the outbox. */
export interface OutboxRow {
  /** A bigint, so a text. */
  readonly id: string;
  readonly queue: string;
  readonly job_id: string;
  readonly name: string;
  readonly data: unknown;
  readonly options: JobsOptions;
  readonly attempts: number;
}

/** A row that the queue store has refused. */
export interface RefusedRow {
  readonly row: OutboxRow;
  readonly error: string;
}

/** What waits in the outbox; times are in milliseconds. */
export interface Outlook {
  /** Since the oldest row was added. */
  readonly oldestAge: number | null;
  /** Until a row that was refused is to be tried again; negative if another relay has it now. */
  readonly nextRetry: number | null;
}

export interface RelayConnectionOptions {
  readonly url: string;
  readonly applicationName: string;
  /** In milliseconds: after so long without an answer the connection counts as lost. */
  readonly answerTimeout: number;
}

/**
 * A relay's one connection: it waits for notifications, and holds the rows that are being published.
 *
 * Rows are locked, published, and deleted by the same transaction. So no other relay publishes them
 * meanwhile, and whatever ends this process or its connection gives them back.
 */
export class RelayConnection {
  private constructor(
    private readonly client: pg.Client,
    private readonly sockets: Sockets,
  ) {}

  /** @param onNotification called when jobs were committed, and when the connection is lost */
  static async open(
    { url, applicationName, answerTimeout }: RelayConnectionOptions,
    onNotification: () => void,
  ): Promise<RelayConnection> {
    const sockets = new Sockets();
    const client = new pg.Client({
      stream: sockets.open,
      connectionString: url,
      application_name: `${applicationName} outbox relay`,
      connectionTimeoutMillis: answerTimeout,
      query_timeout: answerTimeout,
      idle_in_transaction_session_timeout: IDLE_TIMEOUT,
      keepAlive: true,
    });
    client.on('error', onNotification);
    client.on('notification', onNotification);
    try {
      await client.connect();
      await client.query(`LISTEN ${OUTBOX_CHANNEL}`);
    } catch (error) {
      await sockets.end(client.end());
      throw error;
    }
    return new RelayConnection(client, sockets);
  }

  /** Takes rows that no other relay has, the oldest first. To be followed by `finish` or `close`. */
  async claim(): Promise<OutboxRow[]> {
    const results: unknown = await this.client.query(`
      BEGIN;
      SELECT id, queue, job_id, name, data, options, attempts FROM ${OUTBOX_TABLE}
      WHERE retry_at IS NULL OR retry_at <= now()
      ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`);
    const [, claimed] = results as pg.QueryResult<OutboxRow>[];
    return claimed?.rows ?? [];
  }

  /** Deletes what was published, keeps what was refused for later, and gives back the rest. */
  async finish(published: readonly OutboxRow[], refused: readonly RefusedRow[]): Promise<void> {
    const ids = published.map(({ id }) => id);
    if (ids.length > 0) {
      await this.client.query(`DELETE FROM ${OUTBOX_TABLE} WHERE id = ANY($1::bigint[])`, [ids]);
    }
    for (const { row, error } of refused) await this.putOff(row, error);
    await this.client.query('COMMIT');
  }

  async outlook(): Promise<Outlook> {
    const { rows } = await this.client.query<Outlook>(`
      SELECT
        (SELECT (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8
         FROM ${OUTBOX_TABLE} ORDER BY id LIMIT 1) AS "oldestAge",
        (SELECT (extract(epoch FROM min(retry_at) - clock_timestamp()) * 1000)::float8
         FROM ${OUTBOX_TABLE} WHERE retry_at IS NOT NULL) AS "nextRetry"`);
    return rows[0] ?? { oldestAge: null, nextRetry: null };
  }

  /** A connection that is lost cannot be ended in good order, and need not be. */
  async close(): Promise<void> {
    await this.sockets.end(this.client.end());
  }

  private async putOff(row: OutboxRow, error: string): Promise<void> {
    await this.client.query(
      `UPDATE ${OUTBOX_TABLE} SET attempts = attempts + 1, error = $2,
         retry_at = clock_timestamp() + least(60, 2 ^ least(attempts, 6)) * interval '1 second'
       WHERE id = $1`,
      [row.id, error],
    );
  }
}
