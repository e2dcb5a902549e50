import pg from 'pg';
import { createTestRedis, hasTestRedis, TestRedisError } from '@libs/testing';
import { createQueueDatabase } from './queue-database';

export type StoreKind = 'postgres' | 'redis';

/** A store of the test's own, ready for use. */
export interface TestStore {
  readonly kind: StoreKind;
  readonly url: string;
  /** Ends every connection to it, as a failing network does. @returns how many there were */
  endConnections(): Promise<number>;
  /**
   * Deletes what is in it.
   *
   * @throws OpenConnectionsError if something is still connected to it
   */
  drop(): Promise<void>;
}

/** An empty store with its tables, apart from those of all other tests. */
export async function createTestStore(kind: StoreKind): Promise<TestStore> {
  if (kind === 'redis') {
    const { url, endConnections, drop } = await createTestRedis();
    return { kind, url, endConnections, drop };
  }
  const database = await createQueueDatabase();
  return {
    kind,
    url: database.url,
    endConnections: () => endPostgresConnections(database.url),
    drop: () => database.drop(),
  };
}

async function endPostgresConnections(connectionString: string): Promise<number> {
  const admin = new pg.Client({ connectionString, application_name: 'test store' });
  await admin.connect();
  try {
    const { rowCount } = await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    return rowCount ?? 0;
  } finally {
    await admin.end();
  }
}

/**
 * Runs the same tests on each kind of store. Without a Redis server those on Redis are skipped, which
 * the global setup says once a run; in CI, where nobody reads that, they fail.
 */
export function describeOnEachStore(name: string, tests: (kind: StoreKind) => void): void {
  describe(`${name}, on Postgres`, () => {
    tests('postgres');
  });
  describeOnRedis(`${name}, on Redis`, () => {
    tests('redis');
  });
}

/** Tests that mean something on Redis only; skipped, and failing in CI, like those on each store. */
export function describeOnRedis(name: string, tests: () => void): void {
  if (hasTestRedis()) {
    describe(name, tests);
  } else if (process.env['CI'] === 'true') {
    it(`${name} (left out)`, () => {
      throw new TestRedisError('There is no Redis for these tests, and CI runs all of them.');
    });
  } else {
    describe.skip(name, tests);
  }
}
