import pg from 'pg';
import { createTestRedis, hasTestRedis, TestRedisError } from '@libs/testing';
import { createQueueDatabase } from './queue-database';

export type StoreKind = 'postgres' | 'redis';

/** An isolated store, ready for use. */
export interface TestStore {
  readonly kind: StoreKind;
  readonly url: string;
  /** Terminates every connection to it, as a failing network does. @returns how many there were */
  endConnections(): Promise<number>;
  /**
   * Deletes its contents.
   *
   * @throws OpenConnectionsError if something is still connected to it
   */
  drop(): Promise<void>;
}

/** Creates an empty store with its tables, isolated from all other tests. */
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
 * Runs the same tests on each kind of store. Without a Redis server those on Redis are skipped, and the
 * global setup warns once per run. In CI, where warnings go unread, they fail.
 */
export function describeOnEachStore(name: string, tests: (kind: StoreKind) => void): void {
  describe(`${name}, on Postgres`, () => {
    tests('postgres');
  });
  describeOnRedis(`${name}, on Redis`, () => {
    tests('redis');
  });
}

/** For tests that apply to Redis only; skipped, or failing in CI, like those of {@link describeOnEachStore}. */
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
