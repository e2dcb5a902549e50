import { until } from '@libs/testing';
import { Client } from 'pg';
import { System } from './support/system';

let system: System;

beforeAll(async () => {
  system = await System.create();
});
afterAll(() => system.close());

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

const notify = (api: string, subject: string): Promise<Response> =>
  fetch(`${api}/notifications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: 'ada@example.com', subject, text: 'x' }),
  });

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

test('a worker that is killed loses no job: another worker does it again', async () => {
  const api = await system.startApi();
  const first = await system.startWorker();
  const release = system.smtp.hold();
  const attempts = system.smtp.attempts;
  const accepted = await notify(api.url, 'after the kill');
  await until(() => system.smtp.attempts > attempts);
  first.app.kill('SIGKILL');
  await first.app.exit();
  release();

  await system.startWorker();
  // The lock of the killed worker must run out first: 30 seconds, as BullMQ has it.
  await until(
    async () => {
      const job = (await (
        await fetch(`${api.url}${accepted.headers.get('location') ?? ''}`)
      ).json()) as { state: string };
      return job.state === 'completed';
    },
    { timeout: 90_000 },
  );
}, 120_000);

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
