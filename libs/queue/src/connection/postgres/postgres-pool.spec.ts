import pg from 'pg';
import type { TestDatabase } from '@libs/testing';
import { ListeningClient } from './listening-client';
import { defaultObserver } from '../../observe/observers';
import { PostgresPool } from './postgres-pool';
import { createQueueDatabase } from '../../store/testing/queue-database';

describe('the pool of a queue store', () => {
  let database: TestDatabase;
  let pool: PostgresPool;

  beforeAll(async () => {
    database = await createQueueDatabase();
    pool = new PostgresPool({ url: database.url }, 'test', defaultObserver());
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('runs a statement again that lost a deadlock', async () => {
    await pool.query('CREATE TABLE account (id int PRIMARY KEY, visits int NOT NULL DEFAULT 0)');
    await pool.query('INSERT INTO account (id) VALUES (1), (2)');
    // Each call locks its first row long enough for the other to wait for it.
    await pool.query(`
      CREATE FUNCTION visit(VARIADIC ids int[]) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE account SET visits = visits + 1 WHERE id = ids[1];
        PERFORM pg_sleep(0.2);
        UPDATE account SET visits = visits + 1 WHERE id = ids[2];
      END $$`);
    await Promise.all([pool.query('SELECT visit(1, 2)'), pool.query('SELECT visit(2, 1)')]);
    const { rows } = await pool.query('SELECT visits FROM account ORDER BY id');
    expect(rows).toEqual([{ visits: 2 }, { visits: 2 }]);
  });

  it('passes on the error of a statement that is wrong', async () => {
    await expect(pool.query('SELECT nonsense')).rejects.toThrow('column "nonsense" does not exist');
  });

  it('runs the statements of a listening connection one after the other', async () => {
    const running = { now: 0, most: 0 };
    const query = jest.spyOn(pg.Client.prototype, 'query') as unknown as jest.SpyInstance;
    const original = query.getMockImplementation();
    query.mockImplementation(async function (this: pg.Client, text: string) {
      running.now += 1;
      running.most = Math.max(running.most, running.now);
      return (original?.call(this, text) as Promise<unknown>).finally(() => {
        running.now -= 1;
      });
    });

    const config = { connectionString: database.url, query_timeout: 10_000 };
    const listening = new ListeningClient(config, {
      closed: () => undefined,
      lost: () => undefined,
    });
    await listening.connect();
    const statements = ['LISTEN a', 'SELECT nonsense', 'LISTEN b'];
    const results = await Promise.allSettled(statements.map((text) => listening.query(text)));
    await listening.end();
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(running.most).toBe(1);
  });

  it('names the command that starts the server, if there is one', async () => {
    const url = 'postgres://user@127.0.0.1:1/jobs';
    for (const [startHint, remedy] of [
      ['make database', 'Start it (make database), or correct its URL.'],
      [undefined, 'Start it, or correct its URL.'],
    ] as const) {
      const away = new PostgresPool({ url, startHint }, 'db/jobs', defaultObserver());
      await expect(away.query('SELECT 1')).rejects.toThrow(remedy);
      await away.end();
    }
  });
});
