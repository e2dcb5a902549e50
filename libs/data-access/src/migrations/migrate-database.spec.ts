import { createTestDatabase, hasPgBouncer, PgBouncer, type TestDatabase } from '@libs/testing';
import { DataSource } from 'typeorm';
import { IdempotencyKey } from '../idempotency/idempotency-key.entity';
import { Image } from '../images/image.entity';
import { Thumbnail } from '../images/thumbnail.entity';
import { migrateDatabase, migrationStates, pendingMigrations, revertLastMigration } from '..';
import { Notification } from '../notifications/notification.entity';
import { ProcessedJob } from '../processed-jobs/processed-job.entity';
import { Report } from '../reports/report.entity';
import { RequestCount } from '../request-counts/request-count.entity';

const ALL = [
  'CreateNotifications1764000000000',
  'CreateImages1764000000001',
  'CreateReports1764000000002',
  'CreateIdempotencyKeys1764000000003',
  'CreateProcessedJobs1764000000004',
  'CreateRequestCounts1764000000005',
];

describe('migrations', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(() => database.drop());

  async function withDatabase<T>(use: (source: DataSource) => Promise<T>): Promise<T> {
    const source = new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [
        Notification,
        Image,
        Thumbnail,
        Report,
        IdempotencyKey,
        ProcessedJob,
        RequestCount,
      ],
      installExtensions: false,
    });
    await source.initialize();
    try {
      return await use(source);
    } finally {
      await source.destroy();
    }
  }

  const tables = () =>
    withDatabase(async (source) => {
      const rows: { name: string }[] = await source.query(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
      );
      return rows.map(({ name }) => name);
    });

  it('are applied in order, once, and are then no longer pending', async () => {
    expect(await pendingMigrations(database.url)).toEqual(ALL);
    expect(await migrateDatabase(database.url)).toEqual(ALL);
    expect(await pendingMigrations(database.url)).toEqual([]);
    expect(await migrateDatabase(database.url)).toEqual([]);
    expect(await tables()).toEqual(
      expect.arrayContaining(['images', 'notifications', 'reports', 'thumbnails']),
    );
  });

  it('are applied once when several processes apply them at the same time', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrateDatabase(database.url)));
    expect(applied.flat()).toEqual(ALL);
  });

  (hasPgBouncer() ? it : it.skip)(
    'are applied once by several processes behind a PgBouncer in transaction mode',
    async () => {
      const bouncer = await PgBouncer.start(database.url, 'transaction');
      const applied = await Promise.all([1, 2, 3].map(() => migrateDatabase(bouncer.url)));
      expect(applied.flat()).toEqual(ALL);
      await bouncer.close();
    },
  );

  it.each([
    [
      'a user that may create none',
      'role=pg_monitor',
      'permission denied for schema public. Grant this user the right',
    ],
    [
      'a search path without a schema',
      'search_path=nowhere',
      'no schema has been selected to create in. Create the schema',
    ],
    [
      'a database that takes no changes',
      'default_transaction_read_only=on',
      'cannot execute CREATE TABLE in a read-only transaction. Set DATABASE_URL to the primary',
    ],
  ])('say in one sentence what is wrong with %s', async (_, setting, message) => {
    const url = new URL(database.url);
    url.searchParams.set('options', `-c ${setting}`);
    await expect(migrateDatabase(url.href)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining(message) as string,
    });
  });

  it('are reverted one at a time, newest first, until nothing is left', async () => {
    await migrateDatabase(database.url);
    for (const name of [...ALL].reverse()) {
      expect(await revertLastMigration(database.url)).toBe(name);
    }
    expect(await revertLastMigration(database.url)).toBeUndefined();
    expect(await tables()).not.toContain('notifications');
  });

  it('can be listed with their state', async () => {
    await migrateDatabase(database.url);
    await revertLastMigration(database.url);
    expect(await migrationStates(database.url)).toEqual([
      { name: ALL[0], applied: true },
      { name: ALL[1], applied: true },
      { name: ALL[2], applied: true },
      { name: ALL[3], applied: true },
      { name: ALL[4], applied: true },
      { name: ALL[5], applied: false },
    ]);
  });

  it('leave the database untouched when somebody only looks', async () => {
    await pendingMigrations(database.url);
    await migrationStates(database.url);
    expect(await tables()).toEqual([]);
  });

  it('create exactly what the entities describe', async () => {
    await migrateDatabase(database.url);
    const differences = await withDatabase((source) => source.driver.createSchemaBuilder().log());
    // The indexes on created_at serve a single query and are not part of an entity.
    const statements = differences.upQueries
      .map(({ query }) => query)
      .filter((query) => !/^DROP INDEX .*created_at_idx/.test(query));
    expect(statements).toEqual([]);
  });
});
