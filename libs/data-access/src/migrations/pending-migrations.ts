import type { DataSource } from 'typeorm';

/** Anything that runs queries: a data source or a query runner. */
type Queryable = Pick<DataSource, 'query'>;

/** The table in which TypeORM records applied migrations. */
export const MIGRATIONS_TABLE = 'migrations';

/**
 * The names of the applied migrations, oldest first.
 *
 * Read-only, unlike TypeORM's `showMigrations`, which creates its table: a readiness check must not change
 * the database.
 */
export async function appliedMigrations(database: Queryable): Promise<string[]> {
  const [found] = await database.query<{ exists: boolean }[]>(
    'SELECT to_regclass($1) IS NOT NULL AS exists',
    [MIGRATIONS_TABLE],
  );
  if (!found?.exists) return [];
  const rows = await database.query<{ name: string }[]>(
    `SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`,
  );
  return rows.map(({ name }) => name);
}

/** The names of the migrations known to this code but not applied yet. */
export async function pendingMigrationsOf(dataSource: DataSource): Promise<string[]> {
  const applied = new Set(await appliedMigrations(dataSource));
  return dataSource.migrations
    .map(({ name, constructor }) => name ?? constructor.name)
    .filter((name) => !applied.has(name));
}
