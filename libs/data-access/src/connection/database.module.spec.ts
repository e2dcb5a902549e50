import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Logger, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { HealthModule, Readiness } from '@libs/health';
import { createTestDatabase, SocketProxy, type TestDatabase, until } from '@libs/testing';
import { DataSource } from 'typeorm';
import { DatabaseUnavailableError, migrateDatabase, MigrationsPendingError } from '..';
import { revertLastMigration } from '../migrations/migrate-database';
import { Notification, NotificationsDataModule } from '../notifications';
import { ReportsDataModule } from '../reports';
import { DATABASE_SETTINGS, type DatabaseSettings } from '../settings';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

function start(settings: Partial<DatabaseSettings> = {}): Promise<TestingModule> {
  const all: DatabaseSettings = {
    url: database.url,
    applicationName: 'data-access-spec',
    poolMax: 3,
    connectDeadline: 0,
    hints: { start: '`make database`', migrate: '`make tables`' },
    ...settings,
  };

  @Global()
  @Module({
    providers: [{ provide: DATABASE_SETTINGS, useValue: all }],
    exports: [DATABASE_SETTINGS],
  })
  class SettingsModule {}

  return Test.createTestingModule({
    // Two features that both import the database.
    imports: [SettingsModule, HealthModule, NotificationsDataModule, ReportsDataModule],
  }).compile();
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

describe('the database of a process', () => {
  it('is one pool for all features, named and not larger than it was told', async () => {
    await migrateDatabase(database.url);
    const app = await start();
    const source = app.get(DataSource);
    await Promise.all(Array.from({ length: 20 }, () => source.query('SELECT pg_sleep(0.01)')));
    const [row] = await source.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'data-access-spec'`,
    );
    expect(row?.count).toBe(3);
    await app.close();
  });

  it('stores and reads what its entities describe', async () => {
    await migrateDatabase(database.url);
    const app = await start();
    const notifications = app.get(DataSource).getRepository(Notification);
    const id = '7f1d3c1e-0f5c-4f43-9d6e-1f1f6f0b7a55';
    await notifications.insert({ id, recipient: 'ada@example.com', subject: 's', body: 'b' });
    expect(await notifications.findOneByOrFail({ id })).toMatchObject({
      recipient: 'ada@example.com',
      createdAt: expect.any(Date) as Date,
    });
    await app.close();
  });

  it('refuses to start while migrations are missing, and says which and how to apply them', async () => {
    const error = await failureOf(start());
    expect(error).toBeInstanceOf(MigrationsPendingError);
    expect(error.message).toMatch(/^6 migrations are not applied to the database "/);
    expect(error.message).toContain('CreateImages1764000000001');
    expect(error.message).toContain('To apply them: `make tables`.');
  });

  it('makes the process ready, and not ready once a migration is missing', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    await migrateDatabase(database.url);
    const app = await start();
    await app.init();
    const readiness = app.get(Readiness);
    readiness.markReady();
    expect(await readiness.report()).toMatchObject({
      ready: true,
      checks: { database: 'up', migrations: 'up' },
    });
    await revertLastMigration(database.url);
    expect(await readiness.report()).toMatchObject({
      ready: false,
      checks: { database: 'up', migrations: 'down' },
    });
    await app.close();
  });
});

describe('a database that cannot be used', () => {
  let warn: jest.SpyInstance;

  beforeEach(() => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  });

  const changed = (change: (url: URL) => void): string => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };

  it('is named with its host, port and reason, without the password', async () => {
    const url = changed((target) => {
      target.port = '1';
      target.password = 'hidden';
    });
    const error = await failureOf(start({ url }));
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect(error.message).toContain(`The database "${database.name}" at `);
    expect(error.message).toContain(':1 cannot be used: connect ECONNREFUSED');
    expect(error.message).toContain(
      'Start it (`make database`), or set DATABASE_URL to a running one.',
    );
    expect(error.message).not.toContain('hidden');
  });

  it('is waited for until the deadline', async () => {
    const url = changed((target) => (target.port = '1'));
    const started = Date.now();
    await failureOf(start({ url, connectDeadline: 500 }));
    expect(Date.now() - started).toBeGreaterThanOrEqual(300);
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/^Waiting up to 1 s for the database "/),
    );
  });

  it('is waited for until its server has made its socket', async () => {
    await migrateDatabase(database.url);
    const folder = await mkdtemp(join(tmpdir(), 'socket-'));
    const url = SocketProxy.urlOf(database.url, folder);
    const starting = start({ url, connectDeadline: 30_000 });
    await until(() => warn.mock.calls.length > 0);
    expect(warn).toHaveBeenCalledWith(
      `Waiting up to 30 s for the database "${database.name}" at ${folder}:5432: ` +
        `connect ENOENT ${folder}/.s.PGSQL.5432.`,
    );
    const proxy = await SocketProxy.start(database.url, folder);
    await (await starting).close();
    await proxy.close();
    await rm(folder, { recursive: true });
  });

  it('is refused at the start if it takes no changes, as a read replica does not', async () => {
    await migrateDatabase(database.url);
    const admin = await start();
    const setReadOnly = (value: 'on' | 'off') =>
      admin
        .get(DataSource)
        .query(`ALTER DATABASE "${database.name}" SET default_transaction_read_only TO ${value}`);
    await setReadOnly('on');
    const error = await failureOf(start({ connectDeadline: 60_000 }));
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect(error.message).toContain(
      'cannot be used: it is a read replica, or set to read only. Set DATABASE_URL to the primary',
    );
    await admin.get(DataSource).query('SET default_transaction_read_only TO off');
    await setReadOnly('off');
    await admin.close();
  });

  it('fails at once when it refuses the user or does not exist', async () => {
    const user = changed((target) => (target.username = 'nobody_of_that_name'));
    const refused = await failureOf(start({ url: user, connectDeadline: 60_000 }));
    expect(refused.message).toContain('nobody_of_that_name');
    expect(refused.message).toContain('Correct DATABASE_URL');

    const name = changed((target) => (target.pathname = '/no_such_database'));
    const missing = await failureOf(start({ url: name, connectDeadline: 60_000 }));
    expect(missing.message).toContain('database "no_such_database" does not exist');
    expect(warn).not.toHaveBeenCalled();
  });
});
