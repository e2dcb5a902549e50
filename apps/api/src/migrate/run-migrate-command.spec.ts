import { ConfigError } from '@libs/config';
import { DatabaseUnavailableError } from '@libs/data-access';
import { createTestDatabase, type TestDatabase, until } from '@libs/testing';
import { Logger } from '@nestjs/common';
import { awaitMigrations } from './await-migrations';
import { MigrateUsageError, runMigrateCommand } from './run-migrate-command';

describe('the migrate command', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(() => database.drop());

  const run = (...args: string[]) => runMigrateCommand(args, { DATABASE_URL: database.url });

  it('creates the tables of the database and of the queue store, and says so', async () => {
    expect(await run('show')).toMatch(
      /^pending {2}CreateNotifications\d+\n[^]*pending {2}outbox\npending {2}queue tables, version 0 of [\d.]+$/,
    );
    expect(await run()).toMatch(
      /^Applied to the database: CreateNotifications\d+, .*\.\nThe outbox was created\.\nThe queue tables are now at version [\d.]+\.$/,
    );
    expect(await run('show')).not.toContain('pending');
    expect(await run('apply')).toMatch(
      /^The database was up to date\.\nThe outbox was up to date\.\nThe queue tables were up to date \(version [\d.]+\)\.$/,
    );
  });

  it('waits until another process has applied the migrations, and changes nothing itself', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation();
    const waiting = run('wait');
    await until(() => log.mock.calls.length > 0);
    expect(log.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^Waiting: not applied yet: CreateNotifications.*, outbox, queue tables\.$/,
        ),
      ],
    ]);
    expect(await run('show')).not.toContain('applied');
    await run('apply');
    expect(await waiting).toBe('No migration is pending.');
    log.mockRestore();
  });

  it('does not wait for ever, and says for what it has waited', async () => {
    const address = { url: database.url };
    await expect(awaitMigrations(address, address, { patience: 0 })).rejects.toThrow(
      /^Waited 0 s for the migrations: not applied yet: .*queue tables\. To apply them: /,
    );
    const gone = { url: database.url.replace(/[^/]*$/, 'no_such_database') };
    await expect(awaitMigrations(gone, gone, { patience: 0 })).rejects.toThrow(/no_such_database/);
  });

  it('takes back one migration at a time', async () => {
    expect(await run('revert')).toBe('No migration is applied, so there is nothing to revert.');
    await run('apply');
    expect(await run('revert')).toMatch(/^Reverted CreateRequestCounts\d+\.$/);
    expect(await run('show')).toMatch(
      /applied {2}CreateProcessedJobs\d+\npending {2}CreateRequestCounts/,
    );
  });

  it('keeps the queues elsewhere if told to', async () => {
    const queues = await createTestDatabase();
    const env = { DATABASE_URL: database.url, QUEUE_URL: queues.url };
    await runMigrateCommand(['apply'], env);
    expect(await run('show')).toContain('pending  queue tables, version 0');
    expect(await runMigrateCommand(['show'], env)).toContain('applied  queue tables');
    await queues.drop();
  });

  it.each([['--help'], ['help'], ['apply', '-h']])('explains itself: %s %s', async (...args) => {
    expect(await run(...args)).toContain('npx nx run api:migrate');
  });

  it.each([['up'], ['apply', 'all'], ['toString']])(
    'refuses what it does not know: %s %s',
    async (...args) => {
      const error: unknown = await run(...args).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(MigrateUsageError);
      expect((error as Error).message).toContain(`"migrate ${args.join(' ')}" is not a command.`);
    },
  );

  it('says what is missing when it does not know which database', async () => {
    await expect(runMigrateCommand([], {})).rejects.toThrow(ConfigError);
  });

  it('says so when the database refuses it', async () => {
    const url = new URL(database.url);
    url.pathname = '/no_such_database';
    await expect(runMigrateCommand([], { DATABASE_URL: url.href })).rejects.toThrow(
      DatabaseUnavailableError,
    );
  });
});
