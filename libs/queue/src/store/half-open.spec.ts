import { once } from 'node:events';
import { Logger, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import * as z from 'zod';
import { InterruptibleProxy, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { hasEnded } from '../queues/job-snapshot';
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

/** In milliseconds. A busy machine may answer later; the failing operation is then retried here. */
const ANSWER_TIMEOUT = 1_000;

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
    // A worker without an answer may use its whole deadline.
  });

  /** Through the proxy. */
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

  async function add(producer: Producer, value: number): Promise<string> {
    const { id } = await until(() => producer.add({ value }));
    return id;
  }

  async function isDone(id: string): Promise<void> {
    await until(async () => {
      const job = await app.get(JobsReader).get('double', id);
      return job?.state === 'completed';
    });
  }

  it('fail a producer in the time that is set, once, and not for each of them', async () => {
    const producer = await start();
    // Several connections, if possible.
    await Promise.all([1, 2, 3, 4, 5].map((value) => add(producer, value)));
    proxy.silence();
    const before = performance.now();
    const adding = producer.add({ value: 6 });
    await expect(adding).rejects.toBeInstanceOf(QueueUnreachableError);
    await expect(adding).rejects.toThrow(/cannot be reached: .*(answered in time|timed out)/);
    expect(performance.now() - before).toBeLessThan(10 * ANSWER_TIMEOUT);
    // The next caller gets another connection, which takes a moment to open.
    await add(producer, 7);
    expect(performance.now() - before).toBeLessThan(15 * ANSWER_TIMEOUT);
  });

  it('do not stop a worker that waits, nor who watches its jobs', async () => {
    const producer = await start(DoubleProcessor);
    await isDone(await add(producer, 1));
    // Blocking waits: the worker for a job, the reader for an event.
    const delayed = await until(() => producer.add({ value: 2 }, { delay: 3_000 }));
    const watching = app.get(JobsReader).watch('double', delayed.id);
    expect((await watching.next()).value).toMatchObject({ id: delayed.id });
    proxy.silence();
    await isDone(await add(producer, 3));
    let last = await watching.next();
    while (last.done !== true && !hasEnded(last.value)) last = await watching.next();
    expect(last.value).toMatchObject({ state: 'completed' });
    await watching.return(undefined);
  });

  it('are given up too when new ones are taken and not answered, and used once they are', async () => {
    const producer = await start(DoubleProcessor);
    await isDone(await add(producer, 1));
    proxy.silence({ newOnes: true });
    for (const value of [2, 3]) {
      await expect(producer.add({ value })).rejects.toBeInstanceOf(QueueUnreachableError);
    }
    await until(() => proxy.unanswered > 0);
    proxy.accept();
    await isDone(await add(producer, 4));
  });

  it('do not keep an application from stopping', async () => {
    const producer = await start(DoubleProcessor);
    const { worker } = app.get(DoubleProcessor, { strict: false });
    // A stored outcome is not enough: a worker without the answer retries until its deadline.
    const completed = once(worker, 'completed');
    await add(producer, 1);
    await completed;
    proxy.silence({ newOnes: true });
    const before = performance.now();
    await app.close();
    // Less than its deadline, which is 25 s.
    expect(performance.now() - before).toBeLessThan(20_000);
  });

  if (kind === 'postgres') {
    it('are noticed by who only listens, and notifications come at once again', async () => {
      const producer = await start(DoubleProcessor);
      await isDone(await add(producer, 1));
      const before = await listeners(store.url);
      proxy.silence();
      await until(async () => {
        const now = await listeners(store.url);
        return now.some((pid) => !before.includes(pid));
      });
      // Otherwise an idle worker would poll again after ten seconds.
      const id = await add(producer, 2);
      const started = performance.now();
      await isDone(id);
      expect(performance.now() - started).toBeLessThan(8_000);
    });
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
