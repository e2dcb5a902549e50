import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Test, type TestingModule } from '@nestjs/testing';
import { HealthModule } from '@libs/health';
import { hasPromtool, promtool, until } from '@libs/testing';
import * as z from 'zod';
import { defineJob, JobCancellation, QueueModule } from '..';
import type { JobContext } from '../attempt/job-context';
import { JobHost, JobProcessor, NonRetryableError, QueueWorkerModule } from '../consumer';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { createQueueMetrics } from './create-queue-metrics';

const letterJob = defineJob({
  name: 'letter',
  data: z.object({ does: z.enum(['end', 'retry', 'die', 'block']) }),
  options: { attempts: 2, backoff: { type: 'fixed', delay: 1 } },
});

/** In milliseconds. */
const BLOCK = 300;

@JobProcessor(letterJob)
class LetterProcessor extends JobHost<typeof letterJob> {
  async handle({ data, attempt }: JobContext<typeof letterJob>) {
    await Promise.resolve();
    if (data.does === 'die') throw new NonRetryableError('No such address.');
    if (data.does === 'retry' && attempt === 1) throw new Error('The post office is closed.');
    const end = performance.now() + (data.does === 'block' ? BLOCK : 0);
    while (performance.now() < end);
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Every series of a scrape with its value. */
function parse(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

describeOnEachStore('the metrics of a worker', (kind) => {
  let store: TestStore;
  let app: TestingModule;
  let server: Server;
  let producer: JobProducer<typeof letterJob>;

  beforeAll(async () => {
    store = await createTestStore(kind);
    const metrics = createQueueMetrics();
    app = await Test.createTestingModule({
      imports: [
        HealthModule,
        QueueModule.forRoot({ url: store.url, observers: metrics.observers }),
        QueueModule.forFeature(letterJob),
        QueueWorkerModule.forProcessors([LetterProcessor]),
        metrics.module,
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    producer = app.get(getJobProducerToken(letterJob), { strict: false });
    server = createServer(metrics.handler).listen(0, '127.0.0.1');
    await until(() => server.listening);
  });

  afterAll(async () => {
    await close(server);
    await app.close();
    await store.drop();
  });

  const get = async (path = '/metrics') => {
    const { port } = server.address() as AddressInfo;
    const headers = { connection: 'close' };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  };
  const scrape = async () => parse((await get()).text);

  /** The increase of series from one scrape to another. */
  const increase = (before: Map<string, number>, after: Map<string, number>) => (name: string) =>
    (after.get(name) ?? NaN) - (before.get(name) ?? NaN);

  it('count from zero what becomes of its jobs, and how long they wait and run', async () => {
    const before = await scrape();
    for (const does of ['end', 'end', 'retry', 'die'] as const) await producer.add({ does });
    const later = await producer.add({ does: 'end' }, { delay: 3_600_000 });
    await app.get(JobCancellation).cancel('letter', later.id, { reason: 'a test' });
    const finished = (outcome: string) =>
      `queue_jobs_finished_total{queue="letter",outcome="${outcome}"}`;
    let after = before;
    await until(async () => {
      after = await scrape();
      const by = increase(before, after);
      return by(finished('completed')) + by(finished('dead')) + by(finished('cancelled')) === 5;
    });
    const by = increase(before, after);
    expect([finished('completed'), finished('dead'), finished('cancelled')].map(by)).toEqual([
      3, 1, 1,
    ]);
    expect(by('queue_jobs_added_total{queue="letter"}')).toBe(5);
    expect(by('queue_job_retries_total{queue="letter"}')).toBe(1);
    // Of each first attempt: when a retry was due is not stored.
    expect(by('queue_job_waiting_duration_seconds_count{queue="letter"}')).toBe(4);
    const ran = (outcome: string) =>
      `queue_job_running_duration_seconds_count{queue="letter",outcome="${outcome}"}`;
    expect([ran('completed'), ran('failed')].map(by)).toEqual([3, 2]);
  });

  it('say for how long a job has blocked the event loop', async () => {
    const before = await scrape();
    const blocked = 'queue_event_loop_blocked_seconds_total{queue="letter",attribution="certain"}';
    await producer.add({ does: 'block' });
    let after = before;
    await until(async () => {
      after = await scrape();
      return increase(before, after)(blocked) > 0;
    });
    const by = increase(before, after);
    expect(by(blocked)).toBeGreaterThan(BLOCK / 1_000 - 0.05);
    expect(by(blocked)).toBeLessThan(BLOCK / 1_000 + 2);
    const late = increase(before, after);
    expect(
      late('nodejs_eventloop_delay_seconds_count') -
        late('nodejs_eventloop_delay_seconds_bucket{le="0.1"}'),
    ).toBeGreaterThan(0);
  });

  it('show the depth of its queues, and its connections', async () => {
    const series = await scrape();
    expect(series.get('queue_jobs{queue="letter",state="dead"}')).toBeDefined();
    expect(series.get('queue_oldest_job_age_seconds{queue="letter"}')).toBe(0);
    expect(series.get('queue_paused{queue="letter"}')).toBe(0);
    expect(series.get('queue_store_up')).toBe(1);
    const age =
      Date.now() / 1_000 - (series.get('queue_status_timestamp_seconds{queue="letter"}') ?? 0);
    expect(age).toBeLessThan(60);
    const open = ['in_use', 'idle'].map(
      (state) => series.get(`pool_connections{pool="queue store",state="${state}"}`) ?? NaN,
    );
    expect(Math.max(...open)).toBeGreaterThan(0);
  });

  it('show the load of a queue by its name, and a name that nobody knows is no queue without load', async () => {
    const load = await get('/metrics/load/letter?x=1');
    expect([load.status, load.type]).toEqual([200, 'application/json']);
    expect(JSON.parse(load.text)).toMatchObject({ queue: 'letter', load: 0, running: 0 });
    const unknown = await get('/metrics/load/leter');
    expect([unknown.status, JSON.parse(unknown.text)]).toEqual([
      404,
      { error: 'There is no queue "leter". Did you mean "letter"? There are: letter.' },
    ]);
    expect((await get('/metrics/load/%')).status).toBe(404);
  });

  it('are at one path, for GET', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics?x=1')).type).toContain('version=0.0.4');
  });

  (hasPromtool() ? it : it.skip)("pass Prometheus' own linter", async () => {
    expect(promtool(['check', 'metrics'], (await get()).text)).toEqual({ code: 0, output: '' });
  });
});

describeOnEachStore('the metrics of a process whose store is away', (kind) => {
  it('say so, answer in time, and show no old depth', async () => {
    const store = await createTestStore(kind);
    const metrics = createQueueMetrics();
    const app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url, observers: metrics.observers }),
        QueueModule.forFeature(letterJob),
        metrics.module,
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    const server = createServer(metrics.handler).listen(0, '127.0.0.1');
    await until(() => server.listening);
    const scrape = async () => {
      const { port } = server.address() as AddressInfo;
      return parse(
        await (
          await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: 'close' } })
        ).text(),
      );
    };
    expect((await scrape()).get('queue_jobs{queue="letter",state="waiting"}')).toBe(0);
    await store.endConnections();
    await app.close();
    const series = await scrape();
    expect(series.get('queue_store_up')).toBe(0);
    expect([...series.keys()].filter((name) => name.startsWith('queue_jobs{'))).toEqual([]);
    expect(series.get('queue_jobs_added_total{queue="letter"}')).toBe(0);
    const { port } = server.address() as AddressInfo;
    const load = await fetch(`http://127.0.0.1:${port}/metrics/load/letter`, {
      headers: { connection: 'close' },
    });
    expect([load.status, await load.json()]).toEqual([
      503,
      { error: 'The queue store does not answer: see the log of this process.' },
    ]);
    await close(server);
    await store.drop();
  });
});
