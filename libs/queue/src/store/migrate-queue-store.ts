import {
  assertSchemaCompatibility,
  LATEST_SCHEMA_VERSION,
  type PgQueryable,
  runMigrations,
  SchemaMigrationRequiredError,
} from 'bullmq';
import pg from 'pg';
import {
  installedRuntimeVersion,
  migrateRuntimeTables,
  RUNTIME_VERSION,
  tablesVersion,
} from '../bullmq/postgres/runtime-tables';
import { requireOnePassword, usePassword } from '../connection/postgres/client-password';
import { locationOf } from '../connection/postgres/location';
import { BEGIN } from '../connection/postgres/session';
import { setupError } from '../connection/postgres/setup-error';
import { isRedisUrl } from '../connection/redis/redis-schemes';

import type { DatabaseAccess } from '../options/password-source';

const REQUIRED = tablesVersion(LATEST_SCHEMA_VERSION, RUNTIME_VERSION);

/** The schema version of a queue store: BullMQ's, and after the point that of what this library adds to it. */
export interface QueueMigrationState {
  /** 0 if there are none. */
  version: number;
  /** The version that this code needs. */
  required: number;
  pending: boolean;
}

/**
 * Creates or upgrades BullMQ's tables, and what this library adds to them. Does nothing if they are up to date, or on Redis, which has none.
 *
 * Runs in a transaction for each of both, under an advisory lock: concurrent processes wait for one another.
 *
 * @returns the versions before and after.
 * @throws QueueUnreachableError if the store does not answer.
 */
export async function migrateQueueStore(
  url: string,
  access: DatabaseAccess = {},
): Promise<{ from: number; to: number }> {
  if (isRedisUrl(url)) return { from: 0, to: 0 };
  return withClient(url, access, async (client) => {
    const from = await installedVersion(client);
    const to = await runMigrations(readingCommitted(client));
    await migrateRuntimeTables(client);
    return { from, to: tablesVersion(to, RUNTIME_VERSION) };
  });
}

/** Whether {@link migrateQueueStore} has something to do. Changes nothing. Throws the same errors. */
export async function queueMigrationState(
  url: string,
  access: DatabaseAccess = {},
): Promise<QueueMigrationState> {
  if (isRedisUrl(url)) return { version: 0, required: 0, pending: false };
  return withClient(url, access, async (client) => {
    const version = await installedVersion(client);
    return { version, required: REQUIRED, pending: version < REQUIRED };
  });
}

async function installedVersion(client: pg.Client): Promise<number> {
  try {
    const version = await assertSchemaCompatibility(client);
    return tablesVersion(version, await installedRuntimeVersion(client));
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError) return 0;
    throw error;
  }
}

/**
 * The same client, whose transactions see what others have committed meanwhile: with another isolation by default, a
 * process that has waited for the lock would not see the tables that were made while it waited.
 */
function readingCommitted(client: pg.Client): PgQueryable {
  return {
    query: (text, parameters) =>
      client.query(
        text === 'BEGIN' ? BEGIN : text,
        parameters && [...parameters],
      ) as Promise<never>,
  };
}

async function withClient<T>(
  url: string,
  { password }: DatabaseAccess,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  requireOnePassword(url, password);
  const client = new pg.Client({ connectionString: url, application_name: 'queue-migrations' });
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
