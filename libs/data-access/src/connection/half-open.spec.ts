import { Logger } from '@nestjs/common';
import { createTestDatabase, InterruptibleProxy, type TestDatabase, until } from '@libs/testing';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { isConnectionFailure } from '..';
import { connectDataSource } from './connect-data-source';
import { applicationOptions } from './data-source-options';

/** In milliseconds. */
const ANSWER_TIMEOUT = 2_000;

describe('connections to the database that are open, and on which nothing passes any more', () => {
  let database: TestDatabase;
  let proxy: InterruptibleProxy;
  let source: DataSource;

  beforeEach(async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    database = await createTestDatabase();
    proxy = await InterruptibleProxy.before(database.url);
    source = await connectDataSource(
      applicationOptions({
        url: proxy.url,
        applicationName: 'half open',
        poolMax: 1,
        connectDeadline: 10_000,
        answerTimeout: ANSWER_TIMEOUT,
      }),
    );
    await source.query('CREATE TABLE note (text text)');
  });

  afterEach(async () => {
    if (source.isInitialized) await source.destroy();
    await proxy.close();
    await database.drop();
  });

  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('fail the statement that waits, and the next one has another', async () => {
    proxy.silence();
    const before = performance.now();
    const error = await failureOf(source.query('SELECT 1'));
    expect(isConnectionFailure(error)).toBe(true);
    expect(await source.query('SELECT 2 AS n')).toEqual([{ n: 2 }]);
    expect(performance.now() - before).toBeLessThan(8 * ANSWER_TIMEOUT);
  });

  it('fail a transaction once, without waiting again for its rollback', async () => {
    const before = performance.now();
    const error = await failureOf(
      source.transaction(async (manager) => {
        await manager.query(`INSERT INTO note VALUES ('lost')`);
        proxy.silence();
        await manager.query(`INSERT INTO note VALUES ('lost too')`);
      }),
    );
    expect(isConnectionFailure(error)).toBe(true);
    expect(await source.query('SELECT * FROM note')).toEqual([]);
    expect(performance.now() - before).toBeLessThan(8 * ANSWER_TIMEOUT);
  });

  it('are let go of soon when the application closes', async () => {
    const sockets = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    proxy.silence();
    const before = sockets();
    await source.destroy();
    // By default it would wait a quarter of an hour for the other side to confirm.
    await until(() => sockets() < before);
  });

  it('that end between two statements of a transaction are told as lost by the next, or by its commit', async () => {
    for (const statements of [['SELECT 1', 'SELECT 2'], ['SELECT 1']]) {
      const error = await failureOf(
        source.transaction(async (manager) => {
          for (const [index, statement] of statements.entries()) {
            await manager.query(statement);
            if (index > 0) continue;
            proxy.reset();
            await until(() => manager.queryRunner?.isReleased === true);
          }
        }),
      );
      expect(isConnectionFailure(error)).toBe(true);
    }
  });

  it('that end while nothing listens to them end no process', async () => {
    const { master } = source.driver as unknown as { master: Pool };
    const client = await master.connect();
    try {
      // TypeORM has not begun to listen, and an error event that nothing hears is thrown.
      expect(client.listenerCount('error')).toBe(1);
      let isClosed = false;
      client.once('end', () => (isClosed = true));
      proxy.reset();
      await until(() => isClosed);
    } finally {
      client.release();
    }
    expect(isConnectionFailure(await failureOf(client.query('SELECT 1')))).toBe(true);
    expect(await source.query('SELECT 2 AS n')).toEqual([{ n: 2 }]);
  });

  it('that are reset in the middle of a transaction leave nothing behind, and the pool goes on', async () => {
    const error = await failureOf(
      source.transaction(async (manager) => {
        await manager.query(`INSERT INTO note VALUES ('undone')`);
        proxy.reset();
        await manager.query(`INSERT INTO note VALUES ('undone too')`);
      }),
    );
    expect(isConnectionFailure(error)).toBe(true);
    await until(async () => {
      expect(await source.query('SELECT * FROM note')).toEqual([]);
      return true;
    });
  });
});
