import { usePassword } from '../connection/postgres/client-password';
import type { PasswordSource } from '../options/password-source';
import type { JobsOptions } from 'bullmq';
import pg from 'pg';
import { BEGIN } from '../connection/postgres/session';
import { Sockets } from '../connection/postgres/sockets';
import type { StoredEntries } from './outbox-entry';
import { OUTBOX_CHANNEL, OUTBOX_TABLE } from './outbox-table';

/** The maximum number of jobs published at once. */
export const BATCH = 200;

/** In milliseconds: the batch of a relay that hangs is then released to the others. */
const IDLE_TIMEOUT = 60_000;

/** A job that waits in the outbox. */
export interface OutboxRow {
  /** A bigint, so a string. */
  readonly id: string;
  readonly queue: string;
  readonly job_id: string;
  readonly name: string;
  readonly data: unknown;
  readonly options: JobsOptions;
  /** Null if it has none. */
  readonly children: StoredEntries | null;
  readonly attempts: number;
}

/** A row refused by the queue store. */
export interface RefusedRow {
  readonly row: OutboxRow;
  readonly error: string;
}

/** The state of the outbox; times are in milliseconds. */
export interface Outlook {
  /** Time since the oldest row was added. */
  readonly oldestAge: number | null;
  /** Time until a refused row is retried; negative if another relay holds it now. */
  readonly nextRetry: number | null;
}

export interface RelayConnectionOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly password?: PasswordSource | undefined;
  /** In milliseconds: after this long without an answer the connection counts as lost. */
  readonly answerTimeout: number;
}

/**
 * The relay's only connection: it listens for notifications, and locks the rows being published.
 *
 * Rows are locked, published and deleted in one transaction. So no other relay publishes them meanwhile,
 * and they are released when this process or its connection ends, for whatever reason.
 */
export class RelayConnection {
  private constructor(
    private readonly client: pg.Client,
    private readonly sockets: Sockets,
  ) {}

  /** @param onNotification called when jobs are committed, and when the connection is lost */
  static async open(
    { url, applicationName, answerTimeout, password }: RelayConnectionOptions,
    onNotification: () => void,
  ): Promise<RelayConnection> {
    const sockets = new Sockets();
    const client = new pg.Client({
      stream: sockets.open,
      connectionString: url,
      application_name: `${applicationName} outbox relay`,
      connectionTimeoutMillis: answerTimeout,
      query_timeout: answerTimeout,
      keepAlive: true,
    });
    usePassword(client, password);
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

  /** Locks rows that no other relay holds, oldest first. Must be followed by `finish` or `close`. */
  async claim(): Promise<OutboxRow[]> {
    const results: unknown = await this.client.query(`
      ${BEGIN};
      SET LOCAL idle_in_transaction_session_timeout TO ${IDLE_TIMEOUT};
      SELECT id, queue, job_id, name, data, options, children, attempts FROM ${OUTBOX_TABLE}
      WHERE retry_at IS NULL OR retry_at <= now()
      ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`);
    const [, , claimed] = results as pg.QueryResult<OutboxRow>[];
    return claimed?.rows ?? [];
  }

  /** Deletes the published rows, schedules the refused ones for a retry, and releases the rest. */
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

  /** A lost connection cannot be closed gracefully, and need not be. */
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
