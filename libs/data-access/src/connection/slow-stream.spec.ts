import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@libs/testing';
import type { DataSource } from 'typeorm';
import { connectDataSource } from './connect-data-source';
import { applicationOptions } from './data-source-options';

/** In milliseconds. */
const ANSWER_TIMEOUT = 300;

describe('a stream of rows into something slow', () => {
  let database: TestDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    source = await connectDataSource(
      applicationOptions({
        url: database.url,
        applicationName: 'slow stream',
        poolMax: 1,
        connectDeadline: 10_000,
        answerTimeout: ANSWER_TIMEOUT,
      }),
    );
  });

  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('has all of its rows, however long they take', async () => {
    const runner = source.createQueryRunner();
    // Many more than are fetched ahead.
    const stream = await runner.stream('SELECT generate_series(1, 1000) AS n');
    let rows = 0;
    for await (const row of stream) {
      rows += 1;
      expect(row).toEqual({ n: rows });
      // The slowness is what is tested.
      if (rows === 100) await sleep(2 * ANSWER_TIMEOUT);
    }
    await runner.release();
    expect(rows).toBe(1_000);
  });
});
