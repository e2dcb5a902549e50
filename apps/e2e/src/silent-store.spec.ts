import { shutdownLimit } from '@libs/queue';
import {
  createTestRedis,
  hasTestRedis,
  InterruptibleProxy,
  type TestRedis,
  until,
} from '@libs/testing';
import { Client } from 'pg';
import type { AppProcess } from './support/app.process';
import { notify } from './support/notify';
import { System } from './support/system';

/** In milliseconds: of running jobs and open requests. */
const DEADLINE = 1_000;

type Variable = 'DATABASE_URL' | 'QUEUE_URL';

/** What stays silent: nothing passes on its connections any more, and new ones are taken and not answered. */
const SILENT: { what: string; queuesInRedis: boolean; variable: Variable }[] = [
  { what: 'Postgres, with queues and tables', queuesInRedis: false, variable: 'DATABASE_URL' },
  { what: 'Redis, with the queues', queuesInRedis: true, variable: 'QUEUE_URL' },
  { what: 'Postgres, with tables and outbox', queuesInRedis: true, variable: 'DATABASE_URL' },
];
const hasRedis = hasTestRedis() || process.env['CI'] === 'true';
const cases = SILENT.filter(({ queuesInRedis }) => hasRedis || !queuesInRedis);

describe.each(cases)('told to stop while its store is silent: $what', (silent) => {
  let system: System;
  let redis: TestRedis | undefined;
  /** How the stores are reached without the proxy. */
  let direct: Partial<Record<Variable, string>>;
  let proxy: InterruptibleProxy;
  /** Holds a lock, so that a job waits for an answer of the database. */
  let holder: Client;

  beforeAll(async () => {
    system = await System.create();
    direct = { DATABASE_URL: system.database.url };
    if (silent.queuesInRedis) {
      redis = await createTestRedis();
      direct.QUEUE_URL = redis.url;
    }
    proxy = await InterruptibleProxy.before(direct[silent.variable] ?? '');
    holder = new Client({ connectionString: system.database.url });
    await holder.connect();
  });

  afterAll(async () => {
    await holder.end();
    await proxy.close();
    await system.close();
    await redis?.drop();
  });

  async function stop(app: AppProcess): Promise<{ code: number | null; time: number }> {
    const start = performance.now();
    const { code } = await app.stop();
    return { code, time: performance.now() - start };
  }

  it('api and worker end within the budget, never with code 1, and the jobs are run again', async () => {
    const env = {
      ...direct,
      [silent.variable]: proxy.url,
      SHUTDOWN_DEADLINE: String(DEADLINE),
    };
    const [api, worker] = await Promise.all([system.startApi(env), system.startWorker(env)]);

    // One job waits for a mail server, one for the database; neither has an eye on its signal.
    const release = system.smtp.hold();
    const mail = await notify(api.url, 'ignores its signal');
    await holder.query('BEGIN; LOCK TABLE images IN ACCESS EXCLUSIVE MODE');
    const report = await fetch(`${api.url}/reports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: '2026-01-01', to: '2026-01-02' }),
    });
    expect([mail.status, report.status]).toEqual([202, 202]);
    const jobs = [mail, report].map((response) => response.headers.get('location') ?? '');
    await until(() => system.smtp.attempts > 0);
    await until(async () => {
      const { rowCount } = await holder.query(
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return rowCount === 1;
    });
    // A request that is open, and a reader of events.
    const events = await fetch(`${api.url}${jobs[0] ?? ''}/events`);
    expect(events.status).toBe(200);
    const watching = events.text().catch(() => undefined);

    proxy.silence({ newOnes: true });
    const unanswered = notify(api.url, 'never answered').catch(() => undefined);
    const [apiEnd, workerEnd] = await Promise.all([stop(api.app), stop(worker.app)]);
    await Promise.all([watching, unanswered]);
    console.log(
      `MEASURED ${JSON.stringify({ ...silent, apiEnd, workerEnd })}\n${api.app.output}\n${worker.app.output}`,
    );

    // Its request was cut, or has ended without its answer.
    expect([0, 75]).toContain(apiEnd.code);
    expect(apiEnd.time).toBeLessThan(shutdownLimit(DEADLINE, { runsJobs: false }));
    expect(workerEnd.code).toBe(75);
    expect(workerEnd.time).toBeLessThan(shutdownLimit(DEADLINE, { runsJobs: true }));

    release();
    await holder.query('ROLLBACK');
    const second = await system.startWorker(direct);
    const reader = await system.startApi(direct);
    for (const job of jobs) {
      // Where the store has not heard of it, the lock of the first worker must run out first.
      await until(
        async () => {
          const response = await fetch(`${reader.url}${job}`);
          return ((await response.json()) as { state: string }).state === 'completed';
        },
        { timeout: 120_000, what: `${job} to be run again` },
      );
    }
    await Promise.all([second.app.stop(), reader.app.stop()]);
  }, 300_000);
});
