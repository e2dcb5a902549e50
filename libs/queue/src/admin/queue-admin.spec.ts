import { Test, type TestingModule } from '@nestjs/testing';
import { FlowProducer, PostgresQueueBackend, type Queue } from 'bullmq';
import * as z from 'zod';
import { until } from '@libs/testing';
import type { JobContext } from '../attempt/job-context';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { QueueWorkerModule } from '../module/queue-worker.module';
import type { QueueObserver, QueueOperated } from '../observe/queue-observer';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { Queues } from '../queues/queues';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { QueueAdmin } from './queue-admin';

const stepJob = defineJob({
  name: 'step',
  data: z.object({ fails: z.boolean().default(false) }),
  options: { attempts: 2, backoff: { type: 'fixed', delay: 3_600_000 } },
});
const otherJob = defineJob({ name: 'other', data: z.object({}) });

/** Jobs that run now; they end when released. */
const running = new Set<() => void>();
let isOpen = true;

@JobProcessor(stepJob, { concurrency: 3 })
class StepProcessor extends JobHost<typeof stepJob> {
  async handle({ data }: JobContext<typeof stepJob>) {
    if (!isOpen) {
      await new Promise<void>((resolve) => {
        const end = () => {
          running.delete(end);
          resolve();
        };
        running.add(end);
      });
    }
    if (data.fails) throw new Error('as asked');
  }
}

@JobProcessor(otherJob)
class OtherProcessor extends JobHost<typeof otherJob> {
  handle() {
    return undefined;
  }
}

describeOnEachStore('operating queues', (kind) => {
  let store: TestStore;
  let admin: QueueAdmin;
  let steps: Queue;
  let others: Queue;
  let operated: QueueOperated[];
  const apps: TestingModule[] = [];

  beforeEach(async () => {
    isOpen = true;
    operated = [];
    store = await createTestStore(kind);
    const app = await start();
    admin = app.get(QueueAdmin);
    steps = app.get(Queues).open(stepJob);
    others = app.get(Queues).open(otherJob);
  });

  afterEach(async () => {
    isOpen = true;
    for (const end of running) end();
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await store.drop();
  });

  /** An application with these processors, or one that only adds and operates. */
  async function start(...processors: Parameters<typeof QueueWorkerModule.forProcessors>[0]) {
    const observers: QueueObserver[] = [{ queueOperated: (event) => operated.push(event) }];
    const app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url, observers }),
        QueueModule.forFeature(stepJob, otherJob),
        ...(processors.length === 0 ? [] : [QueueWorkerModule.forProcessors(processors)]),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    apps.push(app);
    return app;
  }

  async function close(app: TestingModule) {
    apps.splice(apps.indexOf(app), 1);
    await app.close();
  }

  const add = (count: number) =>
    steps.addBulk(Array.from({ length: count }, () => ({ name: 'step', data: {} })));

  async function status() {
    const [first] = await admin.status(['step']);
    if (first === undefined) throw new Error('There is no status.');
    return first;
  }

  /** Both workers have asked for jobs: each has run one of another queue. */
  async function workersHavePassed() {
    const job = await others.add('other', {});
    await until(async () => (await job.getState()) === 'completed');
  }

  it('a pause reaches every worker while jobs run, and survives a restart', async () => {
    isOpen = false;
    const [first] = [await start(StepProcessor, OtherProcessor), await start(StepProcessor)];
    await add(10);
    await until(() => running.size === 6);
    await admin.pause('step', { by: 'ada' });
    await admin.pause('step', { by: 'bob' });

    isOpen = true;
    for (const end of running) end();
    await until(async () => (await status()).running === 0);
    const before = Date.now();
    expect(await status()).toMatchObject({
      waiting: 4,
      paused: true,
      pausedBy: 'bob',
      lastMinute: { completed: 6, failed: 0 },
    });
    expect((await status()).pausedAt?.getTime()).toBeLessThanOrEqual(before);

    await close(first);
    await start(StepProcessor, OtherProcessor);
    await add(1);
    await workersHavePassed();
    expect(await status()).toMatchObject({ waiting: 5, running: 0, paused: true });

    await admin.resume('step');
    await admin.resume('step');
    await until(async () => (await status()).lastMinute.completed === 11);
    expect(await status()).toMatchObject({ waiting: 0, paused: false, pausedBy: undefined });
    expect(operated.map(({ action, by }) => [action, by])).toEqual([
      ['pause', 'ada'],
      ['pause', 'bob'],
      ['resume', undefined],
      ['resume', undefined],
    ]);
  });

  it('counts what waits, is due, delayed, runs and has failed, also while the queue is paused', async () => {
    const worker = await start(StepProcessor);
    const added = Date.now();
    await steps.add('step', {});
    const retried = await steps.add('step', { fails: true });
    const dead = await steps.add('step', { fails: true }, { attempts: 1 });
    await until(async () => (await dead.getState()) === 'failed');
    await until(async () => (await retried.getState()) === 'delayed');
    isOpen = false;
    await steps.add('step', {});
    await until(() => running.size === 1);
    await admin.pause('step');
    await steps.add('step', {}, { priority: 7, timestamp: added - 60_000 });
    await steps.add('step', {}, { priority: 2 });
    await add(3);
    await steps.add('step', {}, { delay: 3_600_000 });
    const cancelled = await steps.add('step', {}, { delay: 3_600_000 });
    const producer = worker.get<JobProducer<typeof stepJob>>(getJobProducerToken(stepJob));
    expect(await producer.cancel(cancelled.id ?? '')).toBe('cancelled');
    expect(await status()).toEqual({
      queue: 'step',
      waiting: 5,
      due: 0,
      delayed: 2,
      running: 1,
      failed: 1,
      cancelled: 1,
      waitingForChildren: 0,
      oldestSince: new Date(added - 60_000),
      lastMinute: { completed: 1, failed: 2 },
      paused: true,
      pausedAt: expect.any(Date) as Date,
      pausedBy: undefined,
      concurrency: undefined,
    });

    isOpen = true;
    for (const end of running) end();
    await close(worker);
    await admin.resume('step');
    expect(await status()).toMatchObject({ waiting: 5, running: 0, paused: false });
    await steps.add('step', {}, { delay: 1, timestamp: added - 120_000 });
    await until(async () => (await status()).due === 1);
    expect(await status()).toMatchObject({
      waiting: 5,
      delayed: 2,
      oldestSince: new Date(added - 119_999),
    });
    expect((await admin.status()).map(({ queue }) => queue)).toEqual(['other', 'step']);
  });

  it('a limit counts for all workers together, and a higher one at once', async () => {
    isOpen = false;
    await start(StepProcessor, OtherProcessor);
    await start(StepProcessor);
    await admin.setConcurrency('step', 2, { by: 'ada' });
    await add(10);
    await until(() => running.size === 2);
    await workersHavePassed();
    expect(running.size).toBe(2);
    expect(await status()).toMatchObject({ waiting: 8, running: 2, concurrency: 2 });

    if (kind === 'postgres') {
      const fetches = jest.spyOn(PostgresQueueBackend.prototype, 'moveToActive');
      const began = performance.now();
      await until(() => fetches.mock.calls.length >= 10);
      // Two workers, each at most twice within its pause of half a second or more.
      expect(performance.now() - began).toBeGreaterThan(500);
      fetches.mockRestore();
    }

    await admin.setConcurrency('step', 4);
    await until(() => running.size === 4, { timeout: 4_000 });
    await admin.setConcurrency('step', undefined);
    await until(() => running.size === 6, { timeout: 4_000 });
    expect((await status()).concurrency).toBeUndefined();

    await admin.setConcurrency('step', 1);
    expect(running.size).toBe(6);
    await expect(admin.setConcurrency('step', 2.5)).rejects.toThrow('a whole number from 1');
    await expect(admin.setConcurrency('step', 0)).rejects.toThrow('a whole number from 1');
    expect(operated.map(({ action, concurrency }) => [action, concurrency])).toEqual([
      ['concurrency', 2],
      ['concurrency', 4],
      ['concurrency', undefined],
      ['concurrency', 1],
    ]);
  });

  it('a drain removes what waits, and neither what runs nor what is delayed, unless asked to', async () => {
    isOpen = false;
    const worker = await start(StepProcessor);
    const [active] = await add(1);
    await until(() => running.size === 1);
    await admin.setConcurrency('step', 1);
    const finished = await others.add('other', {});

    await steps.upsertJobScheduler('yearly', { pattern: '0 0 1 1 *' }, { name: 'step' });
    // As one that was due while the queue was paused.
    for (const scheduled of await steps.getDelayed()) await scheduled.promote();
    await add(4);
    await steps.add('step', {}, { priority: 3 });
    await steps.add('step', {}, { lifo: true });
    await steps.add('step', {}, { deduplication: { id: 'once', ttl: 3_600_000 } });
    await steps.add('step', {}, { delay: 3_600_000 });
    const due = await steps.add('step', {}, { delay: 1 });
    await until(async () => (await due.getState()) !== 'delayed' || Date.now() > due.timestamp + 1);
    const flows = new FlowProducer({ connection: steps.opts.connection });
    flows.on('error', () => undefined);
    await flows.add({
      name: 'other',
      queueName: 'other',
      children: [{ name: 'step', queueName: 'step' }],
    });
    expect((await admin.status(['other']))[0]).toMatchObject({ waitingForChildren: 1 });

    expect(await admin.drain('step', { by: 'ada' })).toBe(9);
    expect(await status()).toMatchObject({ waiting: 1, running: 1, delayed: 1 });
    expect(await admin.drain('step', { delayed: true })).toBe(1);
    expect(await admin.drain('step', { delayed: true })).toBe(0);
    expect(operated.slice(1).map(({ action, removed }) => [action, removed])).toEqual([
      ['drain', 9],
      ['drain', 1],
      ['drain', 0],
    ]);

    expect((await admin.status(['other']))[0]).toMatchObject({
      waiting: 2,
      waitingForChildren: 0,
    });
    expect(await finished.getState()).toBe('waiting');
    await steps.add('step', {}, { deduplication: { id: 'once', ttl: 3_600_000 } });
    expect(await status()).toMatchObject({ waiting: 2 });
    expect(await steps.getJobSchedulersCount()).toBe(1);
    isOpen = true;
    for (const end of running) end();
    await until(async () => (await active?.getState()) === 'completed');
    await until(async () => (await status()).waiting === 0);
    await flows.close();
    await close(worker);
  });

  it('a drain ends while jobs are added, and removes no job that has begun', async () => {
    isOpen = true;
    await add(1_200);
    const adds = { go: true };
    let added = 1_200;
    const adding = (async () => {
      while (adds.go) {
        await add(20);
        added += 20;
      }
    })();
    await start(StepProcessor);
    const removed = await admin.drain('step', { delayed: true });
    adds.go = false;
    await adding;
    await until(async () => {
      const { waiting, running } = await status();
      return waiting + running === 0;
    });
    expect(removed).toBeGreaterThan(0);
    expect(await steps.getCompletedCount()).toBe(added - removed);
    expect(await steps.getFailedCount()).toBe(0);
  });

  it('refuses a queue that it does not know, and suggests another', async () => {
    const operations = [
      () => admin.pause('stp'),
      () => admin.resume('stp'),
      () => admin.drain('stp'),
      () => admin.setConcurrency('stp', 1),
      () => admin.status(['stp']),
    ];
    for (const operate of operations) {
      await expect(operate()).rejects.toThrow(
        'There is no queue "stp". Did you mean "step"? There are: other, step.',
      );
    }
  });
});
