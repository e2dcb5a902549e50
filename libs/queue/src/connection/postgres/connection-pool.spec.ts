import type { TestDatabase } from '@libs/testing';
import type pg from 'pg';
import { createQueueDatabase } from '../../store/testing/queue-database';
import { ConnectionPool } from './connection-pool';

describe('the connections of a pool', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createQueueDatabase();
  });

  afterAll(() => database.drop());

  function poolWith(session: string): ConnectionPool {
    const config = { connectionString: database.url, query_timeout: 10_000, max: 1 };
    const pool = new ConnectionPool(config, (client) => client.query(session));
    // As `pg` 8.16 and older do, which know no such option.
    delete (pool as unknown as { pool: pg.Pool & { options: { onConnect?: unknown } } }).pool
      .options.onConnect;
    return pool;
  }

  it('have the settings of their session, with each version of pg that is supported', async () => {
    const pool = poolWith('SET search_path TO one_of_ours');
    try {
      const { rows } = await pool.query<{ search_path: string }>('SHOW search_path');
      expect(rows).toEqual([{ search_path: 'one_of_ours' }]);
    } finally {
      await pool.end();
    }
  });

  it('are closed if the settings are refused, and the statement fails with the reason', async () => {
    const pool = poolWith("SET application_name TO 'refused'; SET nonsense TO 1");
    try {
      await expect(pool.query('SELECT 1')).rejects.toThrow('"nonsense"');
      expect(pool.use).toEqual({ inUse: 0, idle: 0, waiting: 0 });
    } finally {
      await pool.end();
    }
  });
});
