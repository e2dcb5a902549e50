import { freePort, until } from '@libs/testing';
import { Client } from 'pg';
import sharp from 'sharp';
import { readEvents, System } from './support/system';

interface Accepted {
  id: string;
}
interface JobBody {
  queue: string;
  id: string;
  state: string;
  result?: unknown;
  failure?: unknown;
}

let system: System;
let api: string;

beforeAll(async () => {
  system = await System.create();
  [{ url: api }] = await Promise.all([system.startApi(), system.startWorker()]);
});
afterAll(() => system.close());

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(`${api}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Follows an accepted request's Location until its job has ended. */
async function finished(response: Response): Promise<JobBody> {
  expect(response.status).toBe(202);
  const location = response.headers.get('location');
  expect(location).toMatch(/^\/jobs\//);
  let job: JobBody | undefined;
  await until(async () => {
    job = (await (await fetch(`${api}${location ?? ''}`)).json()) as JobBody;
    return job.state === 'completed' || job.state === 'failed';
  });
  if (job?.state !== 'completed') throw new Error(`the job failed: ${JSON.stringify(job)}`);
  return job;
}

/** Rows of every table of ours and jobs of every queue: what a rejected request must not change. */
async function stored(): Promise<unknown> {
  const client = new Client({ connectionString: system.database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{
      notifications: string;
      images: string;
      reports: string;
      jobs: string;
    }>(
      `SELECT (SELECT count(*) FROM notifications) AS notifications,
              (SELECT count(*) FROM images) AS images,
              (SELECT count(*) FROM reports) AS reports,
              (SELECT count(*) FROM bullmq.job) AS jobs`,
    );
    return rows[0];
  } finally {
    await client.end();
  }
}

const png = (): Promise<Buffer> =>
  sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#2a6f97' } })
    .png()
    .toBuffer();

const upload = (bytes: Buffer, name: string): Promise<Response> => {
  const form = new FormData();
  form.append('file', new Blob([bytes]), name);
  return fetch(`${api}/images`, { method: 'POST', body: form });
};

test('a notification that is posted arrives as a mail over SMTP', async () => {
  const job = await finished(
    await post('/notifications', {
      to: 'ada@example.com',
      subject: 'Grüße',
      text: 'Line one\nLine two',
    }),
  );
  expect(job.queue).toBe('notification');
  await until(() => system.smtp.messages.some((mail) => mail.subject === 'Grüße'));
  const mail = system.smtp.messages.find(({ subject }) => subject === 'Grüße');
  expect(mail?.text.trim()).toBe('Line one\nLine two');
});

test('a picture that is posted comes back in three sizes, whatever its name says', async () => {
  const response = await upload(await png(), 'holiday.txt');
  const { thumbnails } = (await response.clone().json()) as {
    thumbnails: Record<'small' | 'medium' | 'large', string>;
  };
  await finished(response);
  const widths: (number | undefined)[] = [];
  for (const size of ['small', 'medium', 'large'] as const) {
    const picture = await fetch(`${api}${thumbnails[size]}`);
    expect(picture.status).toBe(200);
    expect(picture.headers.get('content-type')).toMatch(/^image\//);
    widths.push((await sharp(Buffer.from(await picture.arrayBuffer())).metadata()).width);
  }
  const [small, medium, large] = widths.map(Number);
  expect(small).toBeLessThan(medium ?? 0);
  expect(medium).toBeLessThan(large ?? 0);
});

test('a report that is posted becomes a CSV with the right sums a day', async () => {
  await finished(await post('/notifications', { to: 'a@example.com', subject: 'One', text: '1' }));
  const day = new Date().toISOString().slice(0, 10);
  const before = (await stored()) as { notifications: string; images: string };
  const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1_000).toISOString().slice(0, 10);
  const response = await post('/reports', { from: yesterday, to: day });
  const { report: location } = (await response.clone().json()) as { report: string };
  await finished(response);
  const csv = await fetch(`${api}${location}`);
  expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
  const [header, ...lines] = (await csv.text()).trim().split(/\r?\n/);
  expect(header?.split(',')).toEqual(expect.arrayContaining(['day', 'notifications', 'images']));
  expect(lines).toEqual([`${yesterday},0,0`, [day, before.notifications, before.images].join(',')]);
});

test('a job can be watched as server-sent events until it ends', async () => {
  const response = await upload(await png(), 'watched.png');
  const { id } = (await response.json()) as Accepted;
  const events = await readEvents(`${api}/jobs/thumbnail/${id}/events`);
  expect((events.at(-1)?.data as JobBody).state).toBe('completed');
});

test('a request that is refused names each wrong field, stores nothing and enqueues nothing', async () => {
  const before = await stored();
  const refused = await post('/notifications', { to: 'nobody', subject: '', text: 7 });
  expect(refused.status).toBe(400);
  expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = JSON.stringify(await refused.json());
  for (const field of ['to', 'subject', 'text']) expect(problem).toContain(field);

  expect((await upload(Buffer.from('not a picture'), 'picture.png')).status).toBe(415);
  expect((await post('/reports', { from: '2026-02-01', to: '2026-01-01' })).status).toBe(400);
  expect(await stored()).toEqual(before);
});

test('a worker told to run some processors leaves the jobs of the others to other workers', async () => {
  const other = await System.create();
  try {
    const { url } = await other.startApi();
    const { app } = await other.startWorker({ WORKER_PROCESSORS: 'report,report-day' });
    const body = JSON.stringify({ to: 'ada@example.com', subject: 'Later', text: '-' });
    const headers = { 'content-type': 'application/json' };
    const accepted = await fetch(`${url}/notifications`, { method: 'POST', headers, body });
    const day = new Date().toISOString().slice(0, 10);
    const report = await fetch(`${url}/reports`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ from: day, to: day }),
    });
    const state = async (response: Response): Promise<string> =>
      ((await (await fetch(`${url}${response.headers.get('location') ?? ''}`)).json()) as JobBody)
        .state;
    await until(async () => (await state(report)) === 'completed');
    expect(await state(accepted)).toBe('waiting');

    // A worker that runs everything takes it up.
    expect((await app.stop()).code).toBe(0);
    await other.startWorker();
    await until(async () => (await state(accepted)) === 'completed');
  } finally {
    await other.close();
  }
});

test("an image's health check follows the app that runs in it", async () => {
  const env = { PORT: new URL(api).port };
  expect(await system.healthCheck('api', env)).toBe(0);
  expect(await system.healthCheck('worker', { WORKER_HTTP: String(await freePort()) })).toBe(1);
});

test('an unknown processor name ends the worker with the list of the known ones', async () => {
  const worker = system.start('worker', { WORKER_PROCESSORS: 'report,fax', WORKER_HTTP: 'off' });
  const { code } = await worker.exit();
  expect(code).toBe(1);
  expect(worker.output).toContain('fax');
  for (const known of ['notification', 'report-day', 'thumbnail'])
    expect(worker.output).toContain(known);
  expect(worker.output).not.toMatch(/^\s+at /m);
});
