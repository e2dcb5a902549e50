import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { connectDataSource } from '../connection/connect-data-source';
import { codeOf } from '../connection/connection-failure';
import { DatabaseUnavailableError, nameOfDatabase } from '../connection/database-unavailable.error';
import { type DatabaseAccess, migrationOptions } from '../connection/data-source-options';
import { appliedMigrations, pendingMigrationsOf } from './pending-migrations';

/**
 * Held while migrations run, so that concurrent deployments apply each migration once. An arbitrary number
 * that nothing else in the database locks.
 */
const MIGRATION_LOCK = 7_264_019_355;

/**
 * Codes of Postgres for what no migration can do anything about: insufficient_privilege, a search path without a schema,
 * a database that takes no changes.
 */
const REFUSED = new Set(['42501', '3F000', '25006']);

/** A migration, and whether it is applied. */
export interface MigrationState {
  name: string;
  applied: boolean;
}

/**
 * Applies every pending migration, each in its own transaction. Waits for another process that is applying
 * them.
 *
 * @returns the names of those applied, in order
 * @throws DatabaseUnavailableError if the database cannot be reached, takes no changes, or its user may not create tables
 */
export async function migrateDatabase(url: string, access?: DatabaseAccess): Promise<string[]> {
  return locked(url, access, async (executor) => {
    const applied = await executor.executePendingMigrations();
    return applied.map(({ name }) => name);
  });
}

/**
 * Reverts the latest applied migration.
 *
 * @returns its name, or `undefined` if none is applied
 */
export async function revertLastMigration(
  url: string,
  access?: DatabaseAccess,
): Promise<string | undefined> {
  return locked(url, access, async (executor, runner) => {
    const last = (await appliedMigrations(runner)).at(-1);
    if (last !== undefined) await executor.undoLastMigration();
    return last;
  });
}

/** The names of the migrations that {@link migrateDatabase} would apply. Changes nothing. */
export async function pendingMigrations(url: string, access?: DatabaseAccess): Promise<string[]> {
  return connected(url, access, pendingMigrationsOf);
}

/** Every migration known to this code, oldest first. Changes nothing. */
export async function migrationStates(
  url: string,
  access?: DatabaseAccess,
): Promise<MigrationState[]> {
  return connected(url, access, async (dataSource) => {
    const pending = new Set(await pendingMigrationsOf(dataSource));
    return dataSource.migrations.map(({ name = '' }) => ({ name, applied: !pending.has(name) }));
  });
}

async function connected<T>(
  url: string,
  access: DatabaseAccess | undefined,
  use: (source: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = await connectDataSource(migrationOptions(url, access));
  try {
    return await use(dataSource);
  } catch (cause) {
    if (!REFUSED.has(codeOf(cause) ?? '')) throw cause;
    throw new DatabaseUnavailableError(nameOfDatabase(url), { cause });
  } finally {
    await dataSource.destroy();
  }
}

/**
 * The lock belongs to a transaction of another connection: each migration has a transaction of its own, and a lock
 * without one would stay with the server's side of a pooler's connection.
 */
async function locked<T>(
  url: string,
  access: DatabaseAccess | undefined,
  use: (executor: MigrationExecutor, runner: QueryRunner) => Promise<T>,
): Promise<T> {
  return connected(url, access, async (dataSource) => {
    const runner = dataSource.createQueryRunner();
    const lock = dataSource.createQueryRunner();
    try {
      await lock.startTransaction('READ COMMITTED');
      await lock.query('SET LOCAL idle_in_transaction_session_timeout TO 0');
      await lock.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      const executor = new MigrationExecutor(dataSource, runner);
      executor.transaction = 'each';
      return await use(executor, runner);
    } finally {
      await runner.release();
      if (lock.isTransactionActive) await lock.rollbackTransaction();
      await lock.release();
    }
  });
}
