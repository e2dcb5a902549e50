import { Logger } from '@nestjs/common';
import { OnWorkerEvent } from '@nestjs/bullmq';
import { Queue, type Job } from 'bullmq';
import { z } from 'zod';
import { until } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import type { JobSnapshot } from '../queues/job-snapshot';
import { openQueueStore } from '../store/open-queue-store';
import type { QueueStore } from '../store/queue-store';
import { startProcessor, type QueueHarness } from '../testing';
import type { JobContext } from '../attempt/job-context';
import { JobHost } from './job-host';
import { JobProcessor } from './job-processor.decorator';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';

const orderJob = defineJob({
  name: 'order',
  data: z.object({
    item: z.object({ price: z.number() }),
    at: z.coerce.date(),
    note: z.string().default('none'),
    fail: z.number().default(0),
    answer: z.unknown().optional(),
  }),
  result: z.object({ total: z.number() }),
  options: { attempts: 3, backoff: 1 },
});

@JobProcessor(orderJob)
class OrderProcessor extends JobHost<typeof orderJob> {
  readonly seen: JobContext<typeof orderJob>[] = [];
  readonly completed: string[] = [];
  unreachable: Error | undefined;

  async handle(context: JobContext<typeof orderJob>) {
    this.seen.push(context);
    const { data, attempt, log, progress } = context;
    await log(`attempt ${attempt}`);
    await progress({ step: attempt });
    if (attempt <= data.fail) throw new Error(`attempt ${attempt} was to fail`);
    return (data.answer ?? { total: data.item.price, secret: 'not in the contract' }) as {
      total: number;
    };
  }

  @OnWorkerEvent('completed')
  async onCompleted(job: Job) {
    await Promise.resolve();
    if (this.unreachable !== undefined) throw this.unreachable;
    this.completed.push(job.id ?? '');
  }
}

const order = { item: { price: 5 }, at: new Date('2026-01-02T03:04:05Z') };

describeOnEachStore('a processor', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof orderJob>;
  let processor: OrderProcessor;
  /** Adds jobs like another version of the program, or like a person by hand. */
  let foreign: Queue;
  let foreignStore: QueueStore;

  beforeAll(async () => {
    jest.spyOn(Logger.prototype, 'error').mockImplementation();
    store = await createTestStore(kind);
    harness = await startProcessor(OrderProcessor, { url: store.url });
    processor = harness.app.get(OrderProcessor, { strict: false });
    foreignStore = await openQueueStore({ url: store.url, applicationName: 'foreign' });
    foreign = new Queue('order', { connection: foreignStore });
  });

  beforeEach(() => {
    processor.seen.length = 0;
  });

  afterAll(async () => {
    await foreign.close();
    await foreignStore.close();
    await harness.close();
    await store.drop();
  });

  async function ended(job: Job) {
    let last: JobSnapshot | undefined;
    for await (const snapshot of harness.jobs.watch('order', job.id ?? '')) last = snapshot;
    return last;
  }

  it('gets the data as the schema makes it: dates are dates, defaults are filled in', async () => {
    await harness.run(order);
    expect(processor.seen[0]?.data).toMatchObject({ at: order.at, note: 'none' });
  });

  it('stores the result as the schema makes it, without what is not in the contract', async () => {
    expect((await harness.run(order)).result).toEqual({ total: 5 });
  });

  it('keeps log lines and the latest progress with the job', async () => {
    const { id, progress } = await harness.run(order);
    expect(progress).toEqual({ step: 1 });
    expect((await foreign.getJobLogs(id)).logs).toEqual(['attempt 1']);
  });

  it('is given further attempts while it fails, and knows which one it is', async () => {
    expect(await harness.run({ ...order, fail: 2 })).toMatchObject({
      state: 'completed',
      attempts: { made: 3, max: 3 },
    });
    expect(processor.seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  it('fails for good, with its own reason, when the attempts are used up', async () => {
    expect(await harness.run({ ...order, fail: 9 })).toMatchObject({
      state: 'failed',
      attempts: { made: 3, max: 3 },
      failure: 'attempt 3 was to fail',
      result: undefined,
    });
  });

  it('never sees stored data that breaks the contract: the job fails at once, naming the fields', async () => {
    const job = await foreign.add('order', { item: { price: '5' } }, { attempts: 5 });
    expect(await ended(job)).toMatchObject({ state: 'failed', attempts: { made: 1, max: 5 } });
    const { failedReason } = (await foreign.getJob(job.id ?? '')) ?? {};
    expect(failedReason).toContain(`The "order" job ${job.id ?? ''} was not run`);
    expect(failedReason).toContain('item.price: Invalid input: expected number, received string');
    expect(failedReason).toContain('at: Invalid input');
    expect(processor.seen).toEqual([]);
  });

  it.each([
    ['a field of the wrong type', { total: 'five' }, 'total: Invalid input: expected number'],
    ['a result of the wrong kind', 'five', 'Invalid input: expected object, received string'],
  ])('cannot complete a job with %s: it fails at once', async (_, answer, reason) => {
    const snapshot = await harness.run({ ...order, answer });
    expect(snapshot).toMatchObject({ state: 'failed', attempts: { made: 1, max: 3 } });
    expect(snapshot.failure).toContain(`The "order" job ${snapshot.id} ran, but its result breaks`);
    expect(snapshot.failure).toContain(reason);
    expect(processor.seen).toHaveLength(1);
  });

  it('is not given a job of another name in its queue: that one fails and never counts as done', async () => {
    const job = await foreign.add('refund', order, { attempts: 5 });
    expect(await ended(job)).toMatchObject({
      state: 'failed',
      attempts: { made: 1, max: 5 },
      failure: expect.stringContaining('The queue "order" holds a job named "refund"') as string,
    });
    expect(processor.seen).toEqual([]);
  });

  it('hears the events of its worker through @OnWorkerEvent', async () => {
    const { id } = await harness.run(order);
    await until(() => processor.completed.includes(id));
  });

  it('loses nothing when an asynchronous @OnWorkerEvent throws: it is an error of the worker, which goes on', async () => {
    const errors: string[] = [];
    processor.worker.on('error', ({ message }) => errors.push(message));
    processor.unreachable = new Error('the audit log is gone');
    await harness.run(order);
    await until(() => errors.includes('the audit log is gone'));
    processor.unreachable = undefined;
    expect(await harness.run(order)).toMatchObject({ state: 'completed' });
  });
});

describeOnEachStore('a result that JSON cannot hold', (kind) => {
  const bigJob = defineJob({
    name: 'big',
    data: z.object({}),
    result: z.object({ size: z.bigint() }),
  });

  @JobProcessor(bigJob)
  class BigProcessor extends JobHost<typeof bigJob> {
    handle() {
      return { size: 1n };
    }
  }

  it('fails the job at once instead of repeating its work', async () => {
    const store = await createTestStore(kind);
    const harness = await startProcessor(BigProcessor, { url: store.url });
    expect(await harness.run({})).toMatchObject({
      state: 'failed',
      attempts: { made: 1, max: 3 },
      failure: expect.stringContaining('cannot be written as JSON') as string,
    });
    await harness.close();
    await store.drop();
  });
});
