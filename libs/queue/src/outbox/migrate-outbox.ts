import pg from 'pg';
import { requireOnePassword, usePassword } from '../connection/postgres/client-password';
import { locationOf } from '../connection/postgres/location';
import { BEGIN } from '../connection/postgres/session';
import { setupError } from '../connection/postgres/setup-error';
import type { Queryable } from '../connection/postgres/database-identity';
import type { DatabaseAccess } from '../options/password-source';
import { CREATE_OUTBOX, OUTBOX_TABLE } from './outbox-table';

/** An arbitrary number that nothing else locks, so that of two processes creating the table one waits. */
const LOCK = 7_186_265_901;

/** Whether the outbox is missing, or that of an earlier version. */
export interface OutboxMigrationState {
  pending: boolean;
}

/**
 * Creates the outbox in the application's own database, or adds what an earlier version lacks. Does nothing if it is
 * up to date. Runs in one transaction, under an advisory lock.
 *
 * @returns whether it was changed by this call
 * @throws QueueUnreachableError if the database does not answer.
 */
export async function migrateOutbox(url: string, access: DatabaseAccess = {}): Promise<boolean> {
  return withClient(url, access, async (client) => {
    await client.query(`${BEGIN}; SELECT pg_advisory_xact_lock(${LOCK})`);
    const isThere = await hasOutbox(client);
    await client.query(isThere ? 'COMMIT' : `${CREATE_OUTBOX}; COMMIT`);
    return !isThere;
  });
}

/** Whether {@link migrateOutbox} has something to do. Changes nothing. Throws the same errors. */
export async function outboxMigrationState(
  url: string,
  access: DatabaseAccess = {},
): Promise<OutboxMigrationState> {
  return { pending: !(await withClient(url, access, hasOutbox)) };
}

export async function hasOutbox(connection: Queryable): Promise<boolean> {
  // The newest column: an older table lacks it.
  const query = `
    SELECT EXISTS (
      SELECT FROM pg_attribute WHERE attrelid = to_regclass('${OUTBOX_TABLE}') AND attname = 'children'
    ) AS there`;
  const { rows } = (await connection.query(query)) as pg.QueryResult<{ there: boolean }>;
  return rows[0]?.there === true;
}

async function withClient<T>(
  url: string,
  { password }: DatabaseAccess,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  requireOnePassword(url, password);
  const client = new pg.Client({ connectionString: url, application_name: 'outbox-migration' });
  usePassword(client, password);
  // The failing query reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } catch (error) {
    throw setupError(error, locationOf(url));
  } finally {
    await client.end();
  }
}
