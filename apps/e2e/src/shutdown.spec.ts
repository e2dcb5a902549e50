import { freePort, until, untilStatementWaits } from '@libs/testing';
import { Client } from 'pg';
import { notify } from './support/notify';
import { System } from './support/system';

let system: System;
/** The lock of a killed worker has to run out. It does so while the other tests run. */
let lost: LostJob;

beforeAll(async () => {
  [system, lost] = await Promise.all([System.create(), LostJob.create()]);
});
afterAll(() => Promise.all([system.close(), lost.system.close()]));

/** A job whose worker was killed, on a system of its own with another worker. */
class LostJob {
  private constructor(
    readonly system: System,
    private readonly url: string,
  ) {}

  static async create(): Promise<LostJob> {
    const system = await System.create();
    const [api, worker] = await Promise.all([system.startApi(), system.startWorker()]);
    const release = system.smtp.hold();
    const accepted = await notify(api.url, 'after the kill');
    await until(() => system.smtp.attempts > 0);
    worker.app.kill('SIGKILL');
    await worker.app.exit();
    release();
    await system.startWorker();
    return new LostJob(system, `${api.url}${accepted.headers.get('location') ?? ''}`);
  }

  async state(): Promise<string> {
    return ((await (await fetch(this.url)).json()) as { state: string }).state;
  }
}

async function connectionsOf(application: string): Promise<number> {
  const client = new Client({ connectionString: system.database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE $2`,
      [system.database.name, `${application}%`],
    );
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}

test('SIGTERM turns ready false first, lets the running job finish, and leaves no connection open', async () => {
  const api = await system.startApi();
  const worker = await system.startWorker();
  const release = system.smtp.hold();
  const accepted = await notify(api.url, 'in flight');
  expect(accepted.status).toBe(202);
  await until(() => system.smtp.attempts > 0);
  expect(await connectionsOf('worker')).toBeGreaterThan(0);

  worker.app.kill('SIGTERM');
  // Its job still runs, so the worker still answers: not ready, but alive.
  await until(async () => (await fetch(`${worker.url}/health/ready`)).status === 503);
  expect((await fetch(`${worker.url}/health/live`)).status).toBe(200);
  expect(worker.app.running).toBe(true);

  release();
  expect(await worker.app.exit()).toEqual({ code: 0, signal: null });
  expect(system.smtp.messages.map(({ subject }) => subject)).toEqual(['in flight']);
  expect(await connectionsOf('worker')).toBe(0);
  const job = (await (
    await fetch(`${api.url}${accepted.headers.get('location') ?? ''}`)
  ).json()) as {
    state: string;
  };
  expect(job.state).toBe('completed');

  expect(await api.app.stop()).toEqual({ code: 0, signal: null });
  expect(await connectionsOf('api')).toBe(0);
});

test('a worker that gets SIGTERM before it runs its first job starts, and stops in order', async () => {
  const worker = system.start('worker', { WORKER_HTTP: '0', SMTP_URL: system.smtp.url });
  // Its stores are reached then, and its workers do not fetch yet, or have just begun to.
  await until(() => worker.output.includes('Health on port'), { interval: 1 });
  worker.kill('SIGTERM');
  expect(await worker.exit()).toEqual({ code: 0, signal: null });
  expect(worker.output).toContain('SIGTERM: stopped after');
});

test('a shipped app that is started with npm gets the SIGTERM that npm gets', async () => {
  const port = await freePort();
  const env = { WORKER_HTTP: String(port), WORKER_PROCESSORS: 'thumbnail' };
  const worker = system.start('worker', env, { command: 'npm', args: ['start'] });
  await worker.ready(`http://127.0.0.1:${port}/health/ready`);
  expect((await worker.stop()).code).toBe(0);
  expect(worker.output).toContain('[Shutdown]');
  await until(async () => (await connectionsOf('worker')) === 0);
});

test('a job that still runs at the deadline goes back to its queue, exit code 75, and another worker takes it at once', async () => {
  const api = await system.startApi();
  const first = await system.startWorker({ SHUTDOWN_DEADLINE: '500' });
  const release = system.smtp.hold();
  const attempts = system.smtp.attempts;
  const accepted = await notify(api.url, 'past the deadline');
  await until(() => system.smtp.attempts > attempts);
  expect(await first.app.stop()).toEqual({ code: 75, signal: null });
  expect(first.app.output).toContain('Requeued for another worker');
  release();

  const job = async () => {
    const location = accepted.headers.get('location') ?? '';
    return (await (await fetch(`${api.url}${location}`)).json()) as { state: string };
  };
  expect((await job()).state).toBe('waiting');
  const second = await system.startWorker();
  // The lock of the first worker would run out after 30 s only.
  const started = performance.now();
  await until(async () => (await job()).state === 'completed');
  expect(performance.now() - started).toBeLessThan(25_000);
  await second.app.stop();
});

test('an api that is told to stop answers the request that it works on, and cuts it at the deadline', async () => {
  const holder = new Client({ connectionString: system.database.url });
  await holder.connect();
  const hold = () => holder.query('BEGIN; LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE');
  try {
    const patient = await system.startApi();
    await hold();
    const slow = notify(patient.url, 'slow');
    await untilStatementWaits(holder);
    patient.app.kill('SIGTERM');
    await until(() => patient.app.output.includes('SIGTERM: stopping'));
    await holder.query('COMMIT');
    expect((await slow).status).toBe(202);
    expect(await patient.app.exit()).toEqual({ code: 0, signal: null });

    const hasty = await system.startApi({ SHUTDOWN_DEADLINE: '500' });
    await hold();
    const cut = notify(hasty.url, 'cut').then(
      () => 'answered',
      () => 'cut',
    );
    await untilStatementWaits(holder);
    hasty.app.kill('SIGTERM');
    expect(await cut).toBe('cut');
    await holder.query('ROLLBACK');
    expect(await hasty.app.exit()).toEqual({ code: 75, signal: null });
  } finally {
    await holder.end();
  }
});

test('an api that is killed in the middle of a request leaves neither the row nor its job', async () => {
  const { app, url } = await system.startApi();
  const holder = new Client({ connectionString: system.database.url });
  await holder.connect();
  const count = async (from: string) => {
    const { rows } = await holder.query<{ count: number }>(
      `SELECT count(*)::int FROM ${from} AS found WHERE found::text LIKE '%cut by a kill%'`,
    );
    return rows[0]?.count;
  };
  try {
    // The row is stored first, and its job waits here, in the same transaction.
    await holder.query('BEGIN; LOCK TABLE bullmq.job IN EXCLUSIVE MODE');
    const request = notify(url, 'cut by a kill').catch(() => 'cut');
    await untilStatementWaits(holder);
    app.kill('SIGKILL');
    expect(await request).toBe('cut');
    await holder.query('COMMIT');
    await until(async () => (await connectionsOf('api')) === 0);
    expect([await count('notifications'), await count('bullmq.job')]).toEqual([0, 0]);

    const { url: next } = await system.startApi();
    expect((await notify(next, 'cut by a kill')).status).toBe(202);
    expect([await count('notifications'), await count('bullmq.job')]).toEqual([1, 1]);
  } finally {
    await holder.end();
  }
});

test.each([
  ['without a database', { DATABASE_URL: '' }, /DATABASE_URL/],
  ['with a port that is no port', { PORT: 'http', WORKER_HTTP: 'http' }, /PORT|WORKER_HTTP/],
  ['with a database that lacks the migrations', { DATABASE_URL: 'MAINTENANCE' }, /migrat/i],
])('started %s, both apps end with a sentence and exit code 1', async (_, env, reason) => {
  const server = new URL(system.database.url);
  server.pathname = '/postgres';
  const variables = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value === 'MAINTENANCE' ? server.href : value,
    ]),
  );
  for (const name of ['api', 'worker'] as const) {
    const app = system.start(name, { SMTP_URL: system.smtp.url, ...variables });
    expect((await app.exit()).code).toBe(1);
    expect(app.output).toMatch(reason);
    expect(app.output).not.toMatch(/^\s+at /m);
  }
});

test('a worker that is killed loses no job: another worker does it again', async () => {
  // After 30 seconds, as BullMQ has it, and it is looked for every 30 seconds.
  await until(async () => (await lost.state()) === 'completed', { timeout: 90_000 });
});
