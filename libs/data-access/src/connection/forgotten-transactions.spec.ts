import { Logger } from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '@libs/testing';
import type { DataSource } from 'typeorm';
import { connectDataSource } from './connect-data-source';
import { applicationOptions } from './data-source-options';

describe('a transaction that nobody has ended', () => {
  let database: TestDatabase;
  let source: DataSource;
  const open = () =>
    connectDataSource(
      applicationOptions({
        url: database.url,
        applicationName: 'forgotten',
        poolMax: 1,
        connectDeadline: 10_000,
      }),
    );

  beforeEach(async () => {
    database = await createTestDatabase();
    source = await open();
    await source.query('CREATE TABLE note (text text)');
  });

  afterEach(async () => {
    if (source.isInitialized) await source.destroy();
    await database.drop();
  });

  it.each(['is fine', 'has failed'])(
    'is rolled back when its connection is released (it %s), and nothing that others write is lost with it',
    async (state) => {
      const errors = jest.spyOn(Logger.prototype, 'error').mockImplementation();
      const runner = source.createQueryRunner();
      await runner.startTransaction();
      await runner.query(`INSERT INTO note VALUES ('forgotten')`);
      if (state === 'has failed') await runner.query('SELECT 1 / 0').catch(() => undefined);
      await runner.release();
      await source.query(`INSERT INTO note VALUES ('kept')`);
      await source.destroy();
      source = await open();
      expect(await source.query('SELECT text FROM note')).toEqual([{ text: 'kept' }]);
      const reported: unknown = errors.mock.calls[0]?.[0];
      expect(reported).toMatch(/neither committed nor rolled back .*so it is rolled back/);
      expect(reported).toContain('forgotten-transactions.spec.ts');
    },
  );

  it('is told from one that has ended: its connection stays', async () => {
    const errors = jest.spyOn(Logger.prototype, 'error').mockImplementation();
    const connection = () => source.query('SELECT pg_backend_pid() AS pid');
    const before: unknown = await connection();
    await source.transaction((manager) => manager.query(`INSERT INTO note VALUES ('kept')`));
    const failing = source.transaction((manager) => manager.query('SELECT 1 / 0'));
    await expect(failing).rejects.toThrow('division by zero');
    expect(await connection()).toEqual(before);
    expect(errors).not.toHaveBeenCalled();
  });
});
