import { DEFAULT_SCHEMA } from 'bullmq';
import { BEGIN } from '../../connection/postgres/session';
import { DUE_JOBS_MIGRATION } from './postgres-due-jobs.sql';
import { EVENT_TRIMS_MIGRATION } from './postgres-event-trims.sql';
import { GROUPED_ADDS_MIGRATION } from './postgres-grouped-adds.sql';
import { FIRST_JOBS_MIGRATION } from './postgres-first-jobs.sql';
import { GROUPED_RUNS_MIGRATION } from './postgres-grouped-runs.sql';
import { KEY_LIMITS_MIGRATION } from './postgres-key-limits.sql';
import { PASSED_OVER_MIGRATION } from './postgres-passed-over.sql';

/** What this library adds to BullMQ's schema, by version: the first is 1. Never change one that was released. */
const MIGRATIONS: readonly string[] = [
  KEY_LIMITS_MIGRATION,
  `${GROUPED_RUNS_MIGRATION}${GROUPED_ADDS_MIGRATION}`,
  DUE_JOBS_MIGRATION,
  FIRST_JOBS_MIGRATION,
  EVENT_TRIMS_MIGRATION,
  PASSED_OVER_MIGRATION,
];

/** The version that limits by key need. What later ones add can be done without. */
export const KEY_LIMITS_VERSION = 1;

/** The newest version. */
export const RUNTIME_VERSION = MIGRATIONS.length;

interface Client {
  query(text: string, parameters?: unknown[]): Promise<{ rows: readonly unknown[] }>;
}

/** A version of the tables: BullMQ's, and after the point that of what this library adds to them. */
export function tablesVersion(bullmq: number, runtime: number): number {
  return bullmq === 0 ? 0 : Number(`${bullmq}.${runtime}`);
}

/** @returns 0 if this library has added nothing yet */
export async function installedRuntimeVersion(client: Client): Promise<number> {
  const table = `${DEFAULT_SCHEMA}.runtime_migration`;
  const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS exists', [table]);
  if (!(rows as { exists: boolean }[])[0]?.exists) return 0;
  const found = await client.query(`SELECT COALESCE(max(version), 0) AS version FROM ${table}`);
  return (found.rows as { version: number }[])[0]?.version ?? 0;
}

/** Adds what is missing, in one transaction, after BullMQ's own migrations. */
export async function migrateRuntimeTables(client: Client): Promise<void> {
  await client.query(BEGIN);
  try {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('queue runtime tables'))");
    await client.query(`SET LOCAL search_path TO ${DEFAULT_SCHEMA}`);
    await client.query(
      'CREATE TABLE IF NOT EXISTS runtime_migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const installed = await installedRuntimeVersion(client);
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < installed) continue;
      await client.query(migration);
      await client.query('INSERT INTO runtime_migration (version) VALUES ($1)', [index + 1]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
