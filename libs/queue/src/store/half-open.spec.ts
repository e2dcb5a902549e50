import { Logger, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import * as z from 'zod';
import { InterruptibleProxy, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueUnreachableError } from '../errors/queue-unreachable.error';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { hasEnded } from '../reader/job-snapshot';
import { JobsReader } from '../reader/jobs-reader';
import { createTestStore, describeOnEachStore, type TestStore } from './testing/each-store';

const doubleJob = defineJob({
  name: 'double',
  data: z.object({ value: z.number() }),
  result: z.object({ doubled: z.number() }),
});
type Producer = JobProducer<typeof doubleJob>;

@JobProcessor(doubleJob)
class DoubleProcessor extends JobHost<typeof doubleJob> {
  handle({ data }: JobContext<typeof doubleJob>) {
    return { doubled: data.value * 2 };
  }
}

/** In milliseconds. */
const ANSWER_TIMEOUT = 1_000;

/** A busy machine takes its time. */
const PATIENT = { timeout: 60_000 };

describeOnEachStore('connections that are open, and on which nothing passes any more', (kind) => {
  let store: TestStore;
  let proxy: InterruptibleProxy;
  let app: INestApplicationContext;

  beforeEach(async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    jest.spyOn(Logger.prototype, 'log').mockImplementation();
    store = await createTestStore(kind);
    proxy = await InterruptibleProxy.before(store.url);
  });

  afterEach(async () => {
    await app.close();
    await proxy.close();
    await store.drop();
  });

  /** By way of the proxy. */
  async function start(...workers: [] | [typeof DoubleProcessor]): Promise<Producer> {
    const testing = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({
          url: proxy.url,
          answerTimeout: ANSWER_TIMEOUT,
          applicationName: 'half open',
        }),
        QueueModule.forFeature(doubleJob),
        ...(workers.length === 0 ? [] : [QueueWorkerModule.forProcessors(workers)]),
      ],
    }).compile();
    app = await testing.init();
    return app.get<Producer>(getJobProducerToken(doubleJob), { strict: false });
  }

  async function resultOf(id: string): Promise<unknown> {
    for await (const snapshot of app.get(JobsReader).watch('double', id)) {
      if (hasEnded(snapshot)) return snapshot.result;
    }
    return 'gone';
  }

  it('fail a producer in the time that is set, once, and not for each of them', async () => {
    const producer = await start();
    // Several connections, where there can be several.
    await Promise.all([1, 2, 3, 4, 5].map((value) => producer.add({ value })));
    proxy.silence();
    const before = performance.now();
    const adding = producer.add({ value: 6 });
    await expect(adding).rejects.toBeInstanceOf(QueueUnreachableError);
    await expect(adding).rejects.toThrow(/cannot be reached: .*(answered in time|timed out)/);
    expect(performance.now() - before).toBeLessThan(10 * ANSWER_TIMEOUT);
    // Whoever comes next has another connection; making it takes a moment.
    await until(() => producer.add({ value: 7 }).then(() => true), PATIENT);
    expect(performance.now() - before).toBeLessThan(15 * ANSWER_TIMEOUT);
  }, 60_000);

  it('do not stop a worker that waits, nor who watches its jobs', async () => {
    const producer = await start(DoubleProcessor);
    const first = await producer.add({ value: 1 });
    expect(await resultOf(first.id)).toEqual({ doubled: 2 });
    // What is waited for: the worker for a job, the reader for an event.
    const delayed = await producer.add({ value: 2 }, { delay: 5_000 });
    const watching = app.get(JobsReader).watch('double', delayed.id);
    expect((await watching.next()).value).toMatchObject({ state: 'delayed' });
    proxy.silence();
    const { id } = await until(() => producer.add({ value: 3 }), PATIENT);
    await until(async () => {
      const job = await app.get(JobsReader).get('double', id);
      return job?.state === 'completed';
    }, PATIENT);
    let last = await watching.next();
    while (last.done !== true && !hasEnded(last.value)) last = await watching.next();
    expect(last.value).toMatchObject({ state: 'completed' });
    await watching.return(undefined);
  }, 90_000);

  it('are given up too when new ones are taken and not answered, and used once they are', async () => {
    const producer = await start(DoubleProcessor);
    await producer.add({ value: 1 });
    proxy.silence({ newOnes: true });
    for (const value of [2, 3]) {
      await expect(producer.add({ value })).rejects.toBeInstanceOf(QueueUnreachableError);
    }
    await until(() => proxy.unanswered > 0, PATIENT);
    proxy.accept();
    const { id } = await until(() => producer.add({ value: 4 }), PATIENT);
    expect(await resultOf(id)).toEqual({ doubled: 8 });
  }, 90_000);

  it('do not keep an application from stopping', async () => {
    const producer = await start(DoubleProcessor);
    await producer.add({ value: 1 });
    proxy.silence({ newOnes: true });
    const before = performance.now();
    await app.close();
    expect(performance.now() - before).toBeLessThan(20_000);
  }, 60_000);

  if (kind === 'postgres') {
    it('are noticed by who only listens, and notifications come at once again', async () => {
      const producer = await start(DoubleProcessor);
      expect(await resultOf((await producer.add({ value: 1 })).id)).toEqual({ doubled: 2 });
      const before = await listeners(store.url);
      proxy.silence();
      await until(async () => {
        const now = await listeners(store.url);
        return now.some((pid) => !before.includes(pid));
      }, PATIENT);
      // Otherwise an idle worker would look again after ten seconds.
      const started = performance.now();
      expect(await resultOf((await producer.add({ value: 2 })).id)).toEqual({ doubled: 4 });
      expect(performance.now() - started).toBeLessThan(5_000);
    }, 90_000);
  }
});

async function listeners(connectionString: string): Promise<number[]> {
  const admin = new pg.Client({ connectionString });
  await admin.connect();
  try {
    const { rows } = await admin.query<{ pid: number; query: string }>(
      `SELECT pid, query FROM pg_stat_activity WHERE application_name = 'half open'
       AND datname = current_database()`,
    );
    return rows.map(({ pid }) => pid);
  } finally {
    await admin.end();
  }
}
