import { shutdownLimit } from '@libs/queue';
import {
  createTestRedis,
  hasTestRedis,
  InterruptibleProxy,
  type TestRedis,
  until,
  untilStatementWaits,
} from '@libs/testing';
import { Client } from 'pg';
import type { AppProcess } from './support/app.process';
import { notify } from './support/notify';
import { System } from './support/system';

/** In milliseconds: of running jobs and open requests. */
const DEADLINE = 1_000;

type Variable = 'DATABASE_URL' | 'QUEUE_URL';

/** What stays silent: nothing passes on its connections any more, and new ones are accepted and not answered. */
const stores: { what: string; queuesInRedis: boolean; variable: Variable }[] = [
  { what: 'Postgres, with queues and tables', queuesInRedis: false, variable: 'DATABASE_URL' },
  { what: 'Redis, with the queues', queuesInRedis: true, variable: 'QUEUE_URL' },
  { what: 'Postgres, with tables and outbox', queuesInRedis: true, variable: 'DATABASE_URL' },
];
const hasRedis = hasTestRedis() || process.env['CI'] === 'true';
const cases = stores.filter(({ queuesInRedis }) => hasRedis || !queuesInRedis);

/** A system whose one store can be silenced, with two jobs that ignore their abort signal. */
class Scene {
  private readonly release: () => void;
  /** The URLs of the jobs' status, without the api. */
  jobs: string[] = [];

  private constructor(
    readonly system: System,
    private readonly redis: TestRedis | undefined,
    /** How the stores are reached without the proxy. */
    readonly direct: Record<string, string>,
    readonly proxy: InterruptibleProxy,
    /** Holds a lock that one of the jobs waits for. */
    private readonly holder: Client,
  ) {
    this.release = system.smtp.hold();
  }

  static async create(queuesInRedis: boolean, variable: Variable): Promise<Scene> {
    const system = await System.create();
    const redis = queuesInRedis ? await createTestRedis() : undefined;
    const direct = { DATABASE_URL: system.database.url, ...(redis && { QUEUE_URL: redis.url }) };
    const proxy = await InterruptibleProxy.before(
      variable === 'QUEUE_URL' ? (redis?.url ?? '') : system.database.url,
    );
    const holder = new Client({ connectionString: system.database.url });
    await holder.connect();
    return new Scene(system, redis, direct, proxy, holder);
  }

  /** Adds a job that waits for a mail server, and one that waits for an answer of the database. */
  async addJobs(api: string): Promise<void> {
    const mail = await notify(api, 'ignores its signal');
    await this.holder.query('BEGIN; LOCK TABLE images IN ACCESS EXCLUSIVE MODE');
    const report = await fetch(`${api}/reports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: '2026-01-01', to: '2026-01-01' }),
    });
    expect([mail.status, report.status]).toEqual([202, 202]);
    this.jobs = [mail, report].map((response) => response.headers.get('location') ?? '');
    await until(() => this.system.smtp.attempts > 0);
    await untilStatementWaits(this.holder);
  }

  /** From now on the jobs can finish, for a worker that is not silenced. */
  async letJobsFinish(): Promise<void> {
    this.release();
    await this.holder.query('ROLLBACK');
  }

  async close(): Promise<void> {
    await this.holder.end();
    await this.proxy.close();
    await this.system.close();
    await this.redis?.drop();
  }
}

interface Stopped {
  readonly scene: Scene;
  readonly api: End;
  readonly worker: End;
}

interface End {
  readonly code: number | null;
  /** In milliseconds. */
  readonly time: number;
}

async function stop(app: AppProcess): Promise<End> {
  const start = performance.now();
  const { code } = await app.stop();
  return { code, time: performance.now() - start };
}

async function stopWhileSilent({ queuesInRedis, variable }: (typeof stores)[number]) {
  const scene = await Scene.create(queuesInRedis, variable);
  scenes.push(scene);
  const { system, proxy, direct } = scene;
  const env = { ...direct, [variable]: proxy.url, SHUTDOWN_DEADLINE: String(DEADLINE) };
  const [api, worker] = await Promise.all([system.startApi(env), system.startWorker(env)]);
  await scene.addJobs(api.url);
  // A reader of events, and a request that gets no answer.
  const events = await fetch(`${api.url}${scene.jobs[0] ?? ''}/events`);
  expect(events.status).toBe(200);
  const watching = events.text().catch(() => undefined);
  proxy.silence({ newOnes: true });
  const unanswered = notify(api.url, 'never answered').catch(() => undefined);

  const [apiEnd, workerEnd] = await Promise.all([stop(api.app), stop(worker.app)]);
  await Promise.all([watching, unanswered]);
  await scene.letJobsFinish();
  await system.startWorker(direct);
  return { scene, api: apiEnd, worker: workerEnd };
}

const scenes: Scene[] = [];
/** By what is silent. */
const runs = new Map<string, Promise<Stopped>>();

function stopped(what: string): Promise<Stopped> {
  return runs.get(what) ?? Promise.reject(new Error(`"${what}" was not started.`));
}

describe('api and worker that are told to stop while their store is silent', () => {
  // All at the same time, as they mostly wait, in the end for the locks of the jobs.
  beforeAll(() => {
    for (const each of cases) {
      const run = stopWhileSilent(each);
      // Its own test reports it.
      run.catch(() => undefined);
      runs.set(each.what, run);
    }
  });

  afterAll(async () => {
    await Promise.allSettled(runs.values());
    for (const scene of scenes) await scene.close();
  });

  it.each(cases)('end within the budget, and never with code 1: $what', async ({ what }) => {
    const { api, worker } = await stopped(what);
    // Its request was aborted, or has ended before the deadline.
    expect([0, 75]).toContain(api.code);
    expect(api.time).toBeLessThan(shutdownLimit(DEADLINE, { runsJobs: false }));
    expect(worker.code).toBe(75);
    expect(worker.time).toBeLessThan(shutdownLimit(DEADLINE, { runsJobs: true }));
  });

  it.each(cases)('have their jobs run again by another worker: $what', async ({ what }) => {
    const { scene } = await stopped(what);
    const { url } = await scene.system.startApi(scene.direct);
    for (const job of scene.jobs) {
      await until(
        async () => {
          const response = await fetch(`${url}${job}`);
          return ((await response.json()) as { state: string }).state === 'completed';
        },
        { timeout: 110_000, what: `${job} to be run again` },
      );
    }
  });
});
