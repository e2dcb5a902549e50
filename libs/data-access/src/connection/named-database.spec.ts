import { Global, Injectable, Logger, Module, type ModuleMetadata } from '@nestjs/common';
import { getDataSourceToken, InjectRepository } from '@nestjs/typeorm';
import { Test, type TestingModule } from '@nestjs/testing';
import { HealthModule, Readiness } from '@libs/health';
import type { TestDatabase } from '@libs/testing';
import { DataSource, Repository } from 'typeorm';
import { DatabaseModule, DatabaseUnavailableError, UndeclaredDataSourceError } from '..';
import { Report, ReportsDataModule } from '../reports';
import { DATABASE_SETTINGS, type DatabaseSettings } from '../settings';
import { createMigratedDatabase } from '../testing';

/** A feature that reads from both data sources. */
@Injectable()
class Reading {
  constructor(
    @InjectRepository(Report) readonly main: Repository<Report>,
    @InjectRepository(Report, 'reports') readonly reports: Repository<Report>,
  ) {}
}

@Module({
  imports: [ReportsDataModule, ReportsDataModule.on('reports')],
  providers: [Reading],
})
class ReadingModule {}

/** Another feature that uses the same data source. */
@Module({ imports: [DatabaseModule.named('reports', [Report])] })
class CountingModule {}

const REPORT = { id: '7f1d3c1e-0f5c-4f43-9d6e-1f1f6f0b7a55', from: '2026-01-01', to: '2026-01-02' };

describe('a data source of its own', () => {
  let database: TestDatabase;
  let app: TestingModule | undefined;

  beforeEach(async () => {
    database = await createMigratedDatabase();
  });

  afterEach(async () => {
    await app?.close();
    app = undefined;
    // Fails if one of the two was left open.
    await database.drop();
  });

  async function start(
    settings: Partial<DatabaseSettings>,
    imports: ModuleMetadata['imports'] = [ReadingModule, CountingModule],
  ): Promise<TestingModule> {
    const all: DatabaseSettings = {
      url: database.url,
      applicationName: 'named-spec',
      poolMax: 2,
      connectDeadline: 0,
      ...settings,
    };

    @Global()
    @Module({
      providers: [{ provide: DATABASE_SETTINGS, useValue: all }],
      exports: [DATABASE_SETTINGS],
    })
    class SettingsModule {}

    app = await Test.createTestingModule({
      imports: [SettingsModule, HealthModule, ...imports],
    }).compile();
    return app.init().then(() => app as TestingModule);
  }

  const sourceOf = (started: TestingModule, name?: string) =>
    started.get<DataSource>(getDataSourceToken(name), { strict: false });

  /** Takes all connections of a pool. @returns a function that releases them */
  async function holdAll(source: DataSource, count: number): Promise<() => Promise<void>> {
    const runners = Array.from({ length: count }, () => source.createQueryRunner());
    await Promise.all(runners.map((runner) => runner.query('SELECT 1')));
    return async () => {
      await Promise.all(runners.map((runner) => runner.release()));
    };
  }

  const setting = async (source: DataSource, name: string): Promise<string | undefined> => {
    const rows = await source.query<{ value: string }[]>('SELECT current_setting($1) AS value', [
      name,
    ]);
    return rows[0]?.value;
  };

  it('is as the main one in what is not set, and has a pool of its own', async () => {
    const started = await start({ statementTimeout: 40_000, named: { reports: {} } });
    const reports = sourceOf(started, 'reports');
    expect(reports).not.toBe(sourceOf(started));
    expect(await setting(reports, 'statement_timeout')).toBe('40s');
    expect(await setting(reports, 'application_name')).toBe('named-spec reports');

    await Promise.all(Array.from({ length: 10 }, () => reports.query('SELECT pg_sleep(0.01)')));
    const [row] = await sourceOf(started).query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'named-spec reports'`,
    );
    expect(row?.count).toBe(2);
  });

  it('may be all in use, and nobody on the main one waits; nor the other way round', async () => {
    const started = await start({ poolMax: 1, named: { reports: { poolMax: 3 } } });
    const [main, reports] = [sourceOf(started), sourceOf(started, 'reports')];
    for (const [busy, free, count] of [
      [reports, main, 3],
      [main, reports, 1],
    ] as const) {
      const release = await holdAll(busy, count);
      const waiting = busy.query('SELECT 1');
      expect(await free.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await release();
      await waiting;
    }
  });

  it('is one pool for all who name it', async () => {
    const started = await start({ named: { reports: {} } });
    const [first, second] = [ReadingModule, CountingModule].map((module) =>
      started.select(module).get<DataSource>(getDataSourceToken('reports'), { strict: false }),
    );
    expect(first).toBe(second);
    const [row] = await sourceOf(started).query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'named-spec reports'`,
    );
    expect(row?.count).toBe(1);
  });

  it('has its statements cancelled by a time limit of its own', async () => {
    const started = await start({ named: { reports: { statementTimeout: 2_000 } } });
    await expect(sourceOf(started, 'reports').query('SELECT pg_sleep(30)')).rejects.toThrow(
      'canceling statement due to statement timeout',
    );
    expect(await setting(sourceOf(started), 'statement_timeout')).toBe('0');
  });

  it('may have no time limit where the main one has', async () => {
    const named = { reports: { statementTimeout: 'off' } } as const;
    const started = await start({ statementTimeout: 2_000, named });
    await expect(sourceOf(started).query('SELECT pg_sleep(30)')).rejects.toThrow(
      'canceling statement',
    );
    expect(await setting(sourceOf(started, 'reports'), 'statement_timeout')).toBe('0');
  });

  it('may be another server, and gives the repositories of what it was told', async () => {
    const replica = await createMigratedDatabase();
    const started = await start({ named: { reports: { url: replica.url } } });
    const { main, reports } = started.get(Reading, { strict: false });
    await reports.insert(REPORT);
    expect(await reports.findOneBy({ id: REPORT.id })).toMatchObject(REPORT);
    expect(await main.count()).toBe(0);
    await started.close();
    await replica.drop();
  });

  it('has its name in the readiness of the process', async () => {
    const started = await start({ named: { reports: {} } });
    const readiness = started.get(Readiness);
    readiness.markReady();
    expect(await readiness.report()).toMatchObject({
      ready: true,
      checks: { database: 'up', migrations: 'up', 'database reports': 'up' },
    });
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    await sourceOf(started, 'reports').destroy();
    expect(await readiness.report()).toMatchObject({
      ready: false,
      checks: { database: 'up', 'database reports': 'down' },
    });
  });

  it('needs no main one: only what is imported is opened', async () => {
    const started = await start({ named: { reports: {} } }, [CountingModule]);
    expect(await sourceOf(started, 'reports').query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(() => sourceOf(started)).toThrow();
  });

  it('is named by its variable when it cannot be reached', async () => {
    const url = new URL(database.url);
    url.port = '1';
    const failing = start({ named: { reports: { url: url.href } } }, [CountingModule]);
    await expect(failing).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await expect(failing).rejects.toThrow('or set DATABASE_REPORTS_URL to a running one');
    const inherited = start({ url: url.href, named: { reports: {} } }, [CountingModule]);
    await expect(inherited).rejects.toThrow('or set DATABASE_URL to a running one');
  });

  it('has to be declared, and the error says how', async () => {
    const failing = start({ named: { archive: {} } }, [CountingModule]);
    await expect(failing).rejects.toBeInstanceOf(UndeclaredDataSourceError);
    await expect(failing).rejects.toThrow(
      'This application has no data source "reports" (besides the main one it has: archive)',
    );
    await expect(failing).rejects.toThrow("`...namedDataSource('reports')`");
  });
});
