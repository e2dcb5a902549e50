import type { INestApplicationContext } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { z } from 'zod';
import { until } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { Queues } from '../queues/queues';
import { QueueErrors } from '../store/queue-errors';
import { QueueStore } from '../store/queue-store';
import { startProcessor, type QueueHarness } from '../testing';
import { JobCleaner } from './job-cleaner';
import type { JobContext } from '../attempt/job-context';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';

const coinJob = defineJob({
  name: 'coin',
  data: z.object({ fail: z.boolean().default(false) }),
  options: { attempts: 1 },
});

@JobProcessor(coinJob, { concurrency: 8 })
class CoinProcessor extends JobHost<typeof coinJob> {
  handle({ data }: JobContext<typeof coinJob>) {
    if (data.fail) throw new Error('tails');
  }
}

function cleanerOf(app: INestApplicationContext): JobCleaner {
  return new JobCleaner(app.get(Queues), app.get(QueueErrors), app.get(QueueStore));
}

describeOnEachStore('jobs that have ended', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof coinJob>;
  let queue: Queue;
  let cleaner: JobCleaner;

  beforeAll(async () => {
    store = await createTestStore(kind);
    harness = await startProcessor(CoinProcessor, { url: store.url });
    queue = harness.app.get<Queue>('BullQueue_coin', { strict: false });
    cleaner = harness.app.get(JobCleaner, { strict: false });
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  /** Six completed jobs and three failed ones. */
  beforeEach(async () => {
    await queue.clean(0, 0, 'completed');
    await queue.clean(0, 0, 'failed');
    for (const fail of [false, true, false, false, true, false, false, true, false]) {
      await run({ fail });
    }
  });

  /** Jobs must not end at nearly the same time, because such jobs are kept or removed together. */
  async function run(data: { fail?: boolean }) {
    const job = await harness.run(data);
    await until(() => Date.now() > Number(job.finishedAt) + 5, { interval: 1 });
    return job;
  }

  async function left() {
    const { completed, failed } = await queue.getJobCounts('completed', 'failed');
    return { completed, failed };
  }

  it('are kept as long as their contract says by default', async () => {
    expect(await cleaner.clean(coinJob)).toBe(0);
    expect(await left()).toEqual({ completed: 6, failed: 3 });
  });

  it('make room for newer ones when there are more than their contract keeps', async () => {
    const latest = await run({});
    const keep = { completed: { maxCount: 2 }, failed: { maxCount: 2 }, cancelled: {} };
    expect(await cleaner.clean({ ...coinJob, keep })).toBe(6);
    expect(await left()).toEqual({ completed: 2, failed: 2 });
    expect(await harness.jobs.get('coin', latest.id)).toMatchObject({ state: 'completed' });
  });

  it('stay as many as their contract keeps, however many workers clean at the same moment', async () => {
    // More than the cleaners remove with one statement.
    const count = 1_100;
    const one = { name: 'coin', data: {} };
    await queue.addBulk(Array.from({ length: count }, () => one));
    await until(async () => (await left()).completed === count + 6);
    const keep = { completed: { maxCount: 50 }, failed: {}, cancelled: {} };
    const others = Array.from({ length: 4 }, () => cleanerOf(harness.app));
    // On a busy machine much time passes between two lines of code.
    let now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => (now += 50));
    await Promise.all(others.map((each) => each.clean({ ...coinJob, keep })));
    clock.mockRestore();
    const { completed = 0 } = await left();
    expect(completed).toBeGreaterThanOrEqual(50);
    expect(completed).toBeLessThan(150);
  });

  it('go when they are older than their contract keeps them', async () => {
    const keep = { completed: { maxAge: 0 }, failed: { maxAge: 60_000 }, cancelled: {} };
    expect(await cleaner.clean({ ...coinJob, keep })).toBe(6);
    expect(await left()).toEqual({ completed: 0, failed: 3 });
  });

  it('are removed in the order of their ends, whichever was added first', async () => {
    await queue.clean(0, 0, 'completed');
    const late = await harness.producer.add({}, { delay: 200 });
    const early = await run({});
    await until(async () => (await left()).completed === 2);
    const oldest = () => queue.backend.cleanJobsByState('completed', Date.now(), 1);
    expect([await oldest(), await oldest()]).toEqual([[early.id], [late.id]]);
  });

  it('are cleaned again and again while a worker runs', async () => {
    const own = cleanerOf(harness.app);
    own.start(
      [{ ...coinJob, keep: { completed: { maxCount: 1 }, failed: {}, cancelled: {} } }],
      10,
    );
    await until(async () => (await left()).completed === 1);
    await run({});
    await until(async () => (await left()).completed === 1);
    await own.stop();
    expect(await left()).toEqual({ completed: 1, failed: 3 });
  });
});
