import type { DataSource } from 'typeorm';

/** Whatever can run a query: a data source, a query runner. */
type Queryable = Pick<DataSource, 'query'>;

/** Where TypeORM notes the migrations that it has applied. */
export const MIGRATIONS_TABLE = 'migrations';

/**
 * The names of the applied migrations, oldest first.
 *
 * Only reads, unlike TypeORM's own `showMigrations`, which creates its table: a readiness check must
 * not change the database that it looks at.
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

/** The names of the migrations that this code knows and the database does not have yet. */
export async function pendingMigrationsOf(dataSource: DataSource): Promise<string[]> {
  const applied = new Set(await appliedMigrations(dataSource));
  return dataSource.migrations
    .map(({ name, constructor }) => name ?? constructor.name)
    .filter((name) => !applied.has(name));
}
