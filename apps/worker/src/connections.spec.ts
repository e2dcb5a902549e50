import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { type INestApplicationContext, Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { createMigratedDatabase } from '@libs/data-access/testing';
import {
  ConnectionBudget,
  ConnectionBudgetError,
  type ConnectionBudgetOptions,
  ConnectionPools,
  Readiness,
} from '@libs/health';
import { reportJob } from '@libs/jobs/report';
import { reportDayJob } from '@libs/jobs/report-day';
import { getJobProducerToken, type JobProducer, migrateQueueStore, QueueModule } from '@libs/queue';
import { type TestDatabase, until } from '@libs/testing';
import pg from 'pg';
import { loadWorkerConfig } from '@libs/worker-app/config';
import { createWorker } from '@libs/worker-app/create-worker';
import { sandboxConnections } from '@libs/worker-app/sandbox-connections';
import { worker as definition } from './worker';

describe('the connections of a worker', () => {
  let database: TestDatabase;
  let admin: pg.Client;
  let worker: INestApplicationContext;
  /** What adds jobs. */
  let api: TestingModule;
  let lines: string[];

  const config = () =>
    loadWorkerConfig(definition, {
      DATABASE_URL: database.url,
      DATABASE_POOL_MAX: '1',
      DATABASE_REPORTS_POOL_MAX: '2',
      QUEUE_POOL_MAX: '2',
      WORKER_HTTP: 'off',
      WORKER_PROCESSORS: 'report,report-day',
      LOG_LEVEL: 'error',
    });

  beforeAll(async () => {
    database = await createMigratedDatabase();
    await migrateQueueStore(database.url);
    admin = new pg.Client({ connectionString: database.url, application_name: 'admin' });
    await admin.connect();
    lines = [];
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation((line: string) => {
      lines.push(line);
    });
    worker = await createWorker(definition, config(), pathToFileURL(__filename), new Readiness());
    log.mockRestore();
    api = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: database.url, applicationName: 'api' }),
        QueueModule.forFeature(reportJob, reportDayJob),
      ],
    }).compile();
  });

  afterAll(async () => {
    await Promise.all([worker.close(), api.close()]);
    await admin.end();
    await database.drop();
  });

  it('are added up in one line at start, before the first job', async () => {
    const sums = lines.filter((line) => line.startsWith('Up to '));
    expect(sums).toEqual([
      `Up to 6 of ${await limitOfServer()} to ${new URL(database.url).host}: database 1, database reports 2, ` +
        'queue notifications 1, queue store 2.',
    ]);
    const [sum = ''] = sums;
    const started = lines.findIndex((line) => line.startsWith('Running '));
    expect(started).toBeGreaterThan(lines.indexOf(sum));
  });

  it('are as many as was said when all of its pools are busy, and never more', async () => {
    // Reports that do not exist.
    jest.spyOn(Logger.prototype, 'error').mockImplementation();
    let most = 0;
    await until(
      async () => {
        await addJobs();
        most = Math.max(most, await openConnections());
        return most >= 6;
      },
      { timeout: 60_000 },
    );
    await until(async () => {
      most = Math.max(most, await openConnections());
      return (await unfinishedJobs()) === 0;
    });
    expect(most).toBe(6);
  });

  it('are refused, or warned of, if those of all replicas are more than the server takes', async () => {
    const limit = await limitOfServer();
    const hint = 'Lower something.';
    const error = await compare({ replicas: 100, hint }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionBudgetError);
    expect(String(error)).toContain(
      `Up to 600 (100 replicas of 6) connections may be opened to ${new URL(database.url).host}, which takes ${limit}:`,
    );
    expect(String(error)).toContain(hint);
    await expect(compare({ limit: 5, hint })).rejects.toMatchObject({ needed: 6, limit: 5 });
    await expect(compare({ limit: 600, replicas: 100, hint })).resolves.toContain('of 600');
    await expect(compare({ replicas: 100, overBudget: 'warn', hint })).resolves.toContain(hint);
  });

  it('include those of its sandboxes, and what its role and its database may have', async () => {
    const others = sandboxConnections(config(), 4);
    await expect(compare({ others, hint: '' })).resolves.toContain(
      'sandboxes 8, sandboxes reports 8, sandboxes queue store 12.',
    );
    await admin.query(`ALTER DATABASE "${database.name}" CONNECTION LIMIT 20`);
    await expect(compare({ others, hint: '' })).rejects.toMatchObject({ needed: 34, limit: 20 });
    await admin.query(`ALTER DATABASE "${database.name}" CONNECTION LIMIT -1`);
  });

  /** What the process logs at start. */
  async function compare(options: ConnectionBudgetOptions): Promise<string> {
    const said: string[] = [];
    const say = (...[line]: unknown[]) => void said.push(String(line));
    const spies = (['log', 'warn'] as const).map((level) =>
      jest.spyOn(Logger.prototype, level).mockImplementation(say),
    );
    const pools = worker.get(ConnectionPools, { strict: false });
    try {
      await new ConnectionBudget(pools, options).onApplicationBootstrap();
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    return said.join('\n');
  }

  async function limitOfServer(): Promise<number> {
    return number(
      "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS n",
    );
  }

  function openConnections(): Promise<number> {
    return number(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'worker%'",
    );
  }

  function unfinishedJobs(): Promise<number> {
    return number(
      "SELECT count(*)::int AS n FROM bullmq.job WHERE state NOT IN ('completed', 'failed')",
    );
  }

  async function number(query: string): Promise<number> {
    const { rows } = await admin.query<{ n: number }>(query);
    return rows[0]?.n ?? 0;
  }

  /** Days keep the pool of the reports busy; reports, which run then, that of the tables. There are no such reports: they fail. */
  function addJobs() {
    const days = ['2026-01-01', '2026-01-02', '2026-01-03'].map((day) => ({ data: { day } }));
    const reports = Array.from({ length: 5 }, () => ({
      data: { reportId: randomUUID() },
      options: { attempts: 1 },
      children: { days },
    }));
    const producer = api.get<JobProducer<typeof reportJob>>(getJobProducerToken(reportJob));
    return producer.addBulk(reports);
  }
});
