import { once } from 'node:events';
import { Queue } from 'bullmq';
import { z } from 'zod';
import { until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { defineJob } from '../contract/define-job';
import { startProcessor, type QueueHarness } from '../testing';
import { JobEvents } from './job-events';
import type { JobSnapshot } from '../queues/job-snapshot';
import { POLL_INTERVAL } from './job-subscription';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';

const stepJob = defineJob({
  name: 'step',
  data: z.object({ hold: z.boolean().default(false), fail: z.number().default(0) }),
  result: z.object({ done: z.literal(true) }),
  options: { attempts: 2, backoff: 20 },
});

@JobProcessor(stepJob, { concurrency: 10 })
class StepProcessor extends JobHost<typeof stepJob> {
  readonly held: (() => void)[] = [];

  async handle({ data, attempt, progress }: JobContext<typeof stepJob>) {
    // Before the progress, which a test may answer with a release. A test that ends connections may fail an
    // attempt in its progress; the next one is not held, because the release may be over.
    const released =
      data.hold && attempt === 1 && new Promise<void>((resolve) => this.held.push(resolve));
    await progress(10);
    await released;
    if (attempt <= data.fail) throw new Error(`attempt ${attempt} was to fail`);
    await progress({ rows: 7 });
    return { done: true as const };
  }

  release() {
    this.held.splice(0).forEach((resolve) => {
      resolve();
    });
  }
}

describeOnEachStore('who reads jobs', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof stepJob>;
  let processor: StepProcessor;
  let queue: Queue;

  beforeAll(async () => {
    store = await createTestStore(kind);
    harness = await startProcessor(StepProcessor, { url: store.url });
    harness.app.useLogger(false);
    processor = harness.app.get(StepProcessor, { strict: false });
    queue = harness.app.get<Queue>('BullQueue_step', { strict: false });
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  async function all(watching: AsyncIterable<JobSnapshot>) {
    const seen: JobSnapshot[] = [];
    for await (const snapshot of watching) seen.push(snapshot);
    return seen;
  }

  /** The number of subscriptions in this process. */
  function remembered(): number {
    return harness.app.get(JobEvents).watchers;
  }

  it('knows the queues that the application has producers for', () => {
    expect(harness.jobs.known()).toEqual(['step']);
  });

  it('finds nothing in an unknown queue, or under an unknown id', async () => {
    expect(await harness.jobs.get('other', '1')).toBeUndefined();
    expect(await harness.jobs.get('step', 'none')).toBeUndefined();
    expect(await all(harness.jobs.watch('other', '1'))).toEqual([]);
    expect(await all(harness.jobs.watch('step', 'none'))).toEqual([]);
  });

  it('sees a job that waits for its time', async () => {
    const before = Date.now();
    const { id } = await harness.producer.add({}, { delay: 60_000, priority: 3 });
    const snapshot = await harness.jobs.get('step', id);
    expect(snapshot).toEqual({
      queue: 'step',
      id,
      state: 'delayed',
      progress: 0,
      attempts: { made: 0, max: 2 },
      enqueuedAt: expect.any(Date) as Date,
      startedAt: undefined,
      finishedAt: undefined,
      result: undefined,
      failure: undefined,
    });
    expect(snapshot?.enqueuedAt.getTime()).toBeGreaterThanOrEqual(before);
    await queue.remove(id);
  });

  it('watches a job until it has completed, and is told of changes without looking', async () => {
    const start = performance.now();
    const { id } = await harness.producer.add({ hold: true });
    const watching = harness.jobs.watch('step', id);
    const seen: JobSnapshot[] = [];
    for await (const snapshot of watching) {
      seen.push(snapshot);
      if (snapshot.progress === 10) processor.release();
    }
    expect(seen.at(-1)).toMatchObject({
      state: 'completed',
      progress: { rows: 7 },
      result: { done: true },
      startedAt: expect.any(Date) as Date,
      finishedAt: expect.any(Date) as Date,
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(performance.now() - start).toBeLessThan(POLL_INTERVAL);
  });

  it('watches through a failed attempt, and does not take it for the end', async () => {
    const { id } = await harness.producer.add({ fail: 1 });
    const seen = await all(harness.jobs.watch('step', id));
    expect(seen.at(-1)).toMatchObject({
      state: 'completed',
      attempts: { made: 2, max: 2 },
      failure: undefined,
    });
  });

  it('ends when the job has failed permanently, with the reason', async () => {
    const { id } = await harness.producer.add({ fail: 2 });
    const seen = await all(harness.jobs.watch('step', id));
    expect(seen.at(-1)).toMatchObject({ state: 'failed', failure: 'attempt 2 was to fail' });
  });

  it('ends when the job is removed', async () => {
    const { id } = await harness.producer.add({}, { delay: 60_000 });
    const watching = harness.jobs.watch('step', id);
    expect(await watching.next()).toMatchObject({ value: { state: 'delayed' } });
    await queue.remove(id);
    expect(await all(watching)).toEqual([]);
  });

  it('sees the end of every job, also of one that ends while the watching begins', async () => {
    const references = await harness.producer.addBulk(
      Array.from({ length: 40 }, () => ({ data: {} })),
    );
    const ends = await Promise.all(
      references.map(async ({ id }) => (await all(harness.jobs.watch('step', id))).at(-1)),
    );
    expect(ends.map((end) => end?.state)).toEqual(references.map(() => 'completed'));
  });

  it('ends at once when the signal is aborted, before or while it watches', async () => {
    const { id } = await harness.producer.add({}, { delay: 60_000 });
    expect(await all(harness.jobs.watch('step', id, AbortSignal.abort()))).toHaveLength(1);

    const stopping = new AbortController();
    const watching = all(harness.jobs.watch('step', id, stopping.signal));
    await until(() => remembered() === 1);
    stopping.abort();
    expect(await watching).toHaveLength(1);
    await queue.remove(id);
  });

  it('ends when the application stops, also in the middle of a look', async () => {
    const other = await startProcessor(StepProcessor, { url: store.url });
    const { id } = await harness.producer.add({}, { delay: 60_000 });
    const watching = other.jobs.watch('step', id);
    await watching.next();

    // The first of a poll's two reads is answered after the store has closed.
    const queueOfOther = other.app.get<Queue>('BullQueue_step', { strict: false });
    const read = queueOfOther.getJobState.bind(queueOfOther);
    const closed = new AbortController();
    const reading = jest.spyOn(queueOfOther, 'getJobState').mockImplementationOnce(async (job) => {
      const state = await read(job);
      await once(closed.signal, 'abort');
      return state;
    });
    const next = watching.next();
    await (await queue.getJob(id))?.updateProgress(5);
    await until(() => reading.mock.calls.length === 1);
    await other.close();
    closed.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    await queue.remove(id);
  });

  it('remembers nothing of those who have stopped watching', async () => {
    const { id } = await harness.producer.add({}, { delay: 60_000 });
    for await (const snapshot of harness.jobs.watch('step', id)) {
      expect(snapshot.state).toBe('delayed');
      break;
    }
    expect(remembered()).toBe(0);
    await queue.remove(id);
  });

  it('shares one reader of events among all who watch a queue', async () => {
    const { id } = await harness.producer.add({ hold: true });
    await until(() => processor.held.length === 1);
    const watching = Promise.all(
      Array.from({ length: 25 }, () => all(harness.jobs.watch('step', id))),
    );
    await until(() => remembered() === 25);
    expect(harness.app.get(JobEvents).readers).toBe(1);
    processor.release();
    expect((await watching).map((seen) => seen.at(-1)?.state)).toEqual(
      Array.from({ length: 25 }, () => 'completed'),
    );
  });

  it('goes on watching when the connections of the store are ended', async () => {
    const { id } = await harness.producer.add({ hold: true });
    await until(() => processor.held.length === 1);
    const watching = harness.jobs.watch('step', id);
    await watching.next();
    expect(await store.endConnections()).toBeGreaterThan(0);
    processor.release();
    expect((await all(watching)).at(-1)?.state).toBe('completed');
  });
});
