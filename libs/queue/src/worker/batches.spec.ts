import { Test, type TestingModule } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import * as z from 'zod';
import { until } from '@libs/testing';
import type { HasSignal } from '../attempt/attempt-abort';
import { defineJob } from '../contract/define-job';
import { NonRetryableError } from '../errors/non-retryable.error';
import { QueueModule } from '../module/queue.module';
import { QueueWorkerModule } from '../module/queue-worker.module';
import { BatchHost, type BatchOutcome, type JobBatch } from '../processor/batch-host';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { Queues } from '../queues/queues';
import { JobsReader } from '../reader/jobs-reader';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';

const rowJob = defineJob({
  name: 'row',
  data: z.object({ n: z.number() }),
  result: z.object({ double: z.number() }),
  options: { attempts: 2, backoff: { type: 'fixed', delay: 1 } },
});

const slowJob = defineJob({ name: 'slow', data: z.object({ n: z.number() }), timeout: 300 });

type Batch = JobBatch<typeof rowJob>;
type Outcome = BatchOutcome<typeof rowJob>;

/** What the handler below got, and what it does. */
let batches: { numbers: number[]; attempts: number[]; batch: HasSignal; jobs: Batch }[] = [];
let handler: (jobs: Batch, batch: HasSignal) => Promise<Outcome[]>;
let now = 0;
let most = 0;

const double = (jobs: Batch) => jobs.map(({ data: { n } }) => ({ double: 2 * n }));

@JobProcessor(rowJob, { batch: { size: 5, wait: 50 }, concurrency: 2 })
class RowProcessor extends BatchHost<typeof rowJob> {
  async handleBatch(jobs: Batch, batch: HasSignal): Promise<Outcome[]> {
    const numbers = jobs.map(({ data }) => data.n);
    batches.push({ numbers, attempts: jobs.map(({ attempt }) => attempt), batch, jobs });
    now += 1;
    most = Math.max(most, now);
    try {
      return await handler(jobs, batch);
    } finally {
      now -= 1;
    }
  }
}

/** Ends when it is released, whatever its signal says. */
let release: () => void = () => undefined;

@JobProcessor(slowJob, { batch: { size: 2, wait: 1 } })
class SlowProcessor extends BatchHost<typeof slowJob> {
  protected override readonly timeoutGrace = 50;

  async handleBatch(jobs: JobBatch<typeof slowJob>): Promise<undefined[]> {
    if (jobs.some(({ data, attempt }) => data.n === 1 && attempt === 1)) {
      await new Promise<void>((resolve) => (release = resolve));
    }
    return jobs.map(() => undefined);
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

describeOnEachStore('jobs in batches', (kind) => {
  let store: TestStore;
  let app: TestingModule;
  let rows: JobProducer<typeof rowJob>;
  let queue: Queue;

  beforeEach(async () => {
    batches = [];
    now = most = 0;
    handler = (jobs) => Promise.resolve(double(jobs));
    store = await createTestStore(kind);
    app = await start(RowProcessor, SlowProcessor);
    rows = app.get(getJobProducerToken(rowJob));
    queue = app.get(Queues).open(rowJob);
  });

  afterEach(async () => {
    release();
    await app.close();
    await store.drop();
  });

  async function start(...processors: Parameters<typeof QueueWorkerModule.forProcessors>[0]) {
    const module = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url, shutdownDeadline: 200 }),
        QueueModule.forFeature(rowJob, slowJob),
        QueueWorkerModule.forProcessors(processors),
      ],
    }).compile();
    module.useLogger(false);
    return module.init();
  }

  const add = (count: number, from = 0) =>
    rows.addBulk(Array.from({ length: count }, (_, index) => ({ data: { n: from + index } })));

  const last = async (name: string, id: string) => {
    let snapshot;
    for await (const each of app.get(JobsReader).watch(name, id)) snapshot = each;
    return snapshot;
  };

  it('get a result or an error each, and are retried and rejected by themselves', async () => {
    handler = (jobs) =>
      Promise.resolve(
        jobs.map(({ data: { n }, attempt }) => {
          if (n === 3 && attempt === 1) return new Error('not yet');
          if (n === 4) return new NonRetryableError('never');
          if (n === 5) return { double: 'ten' } as never;
          return { double: 2 * n };
        }),
      );
    const added = await add(12);
    const invalid = await queue.add('row', { n: 'x' });
    const ends = await Promise.all(added.map(({ id }) => last('row', id)));
    expect(ends.map((end) => end?.result ?? end?.failure?.slice(0, 26))).toEqual(
      added.map((_, n) =>
        n === 4 ? 'never' : n === 5 ? 'The "row" job 6 ran, but i' : { double: 2 * n },
      ),
    );
    expect(ends[3]?.attempts.made).toBe(2);
    expect(ends[4]?.attempts.made).toBe(1);
    expect(await last('row', invalid.id ?? '')).toMatchObject({ state: 'failed' });
    const handled = batches.flatMap(({ numbers }) => numbers);
    expect(handled.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(Math.max(...batches.map(({ numbers }) => numbers.length))).toBeGreaterThan(1);
    expect(Math.max(...batches.map(({ numbers }) => numbers.length))).toBeLessThanOrEqual(5);
  });

  it('all fail with what the handler throws, and each is retried', async () => {
    handler = (jobs) =>
      batches.length === 1
        ? Promise.reject(new Error('all of you'))
        : Promise.resolve(double(jobs));
    const added = await add(5);
    const ends = await Promise.all(added.map(({ id }) => last('row', id)));
    const failed = batches[0]?.numbers ?? [];
    expect(failed.length).toBeGreaterThan(0);
    expect(ends.map((end) => [end?.state, end?.attempts.made])).toEqual(
      added.map((_, n) => ['completed', failed.includes(n) ? 2 : 1]),
    );
    handler = () => Promise.resolve([]);
    const [short] = await add(1);
    expect(await last('row', short?.id ?? '')).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('was given 1 job and returned 0 outcomes') as string,
    });
  });

  it('as many batches run at the same time as the concurrency says; others wait and grow', async () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    handler = async (jobs) => {
      await opened;
      return double(jobs);
    };
    await add(1);
    await until(() => now === 1);
    await add(1);
    await until(() => now === 2);
    const added = await add(20);
    await until(async () => (await queue.getActiveCount()) === 10);
    expect(now).toBe(2);
    open();
    await Promise.all(added.map(({ id }) => last('row', id)));
    expect(most).toBe(2);
    expect(batches.slice(2).map(({ numbers }) => numbers.length)).toContain(5);
  });

  it('a job is cancelled alone, and the batch is aborted when all of its jobs are', async () => {
    handler = async (jobs, { signal }) => {
      expect(signal.aborted).toBe(false);
      const outcomes = await Promise.all(
        jobs.map(async ({ signal: own, data: { n } }) =>
          n === 0 ? aborted(own).catch((error: unknown) => error as Error) : { double: 2 * n },
        ),
      );
      expect(signal.aborted).toBe(jobs.every(({ data: { n } }) => n === 0));
      return outcomes;
    };
    const added = await add(2);
    await until(() => batches.flatMap(({ numbers }) => numbers).length === 2);
    expect(await rows.cancel(added[0]?.id ?? '')).toBeDefined();
    expect(await last('row', added[0]?.id ?? '')).toMatchObject({ state: 'cancelled' });
    expect(await last('row', added[1]?.id ?? '')).toMatchObject({ state: 'completed' });
  });

  it('each fails at its timeout, and the next batch does not wait for a handler that goes on', async () => {
    const slow = app.get<JobProducer<typeof slowJob>>(getJobProducerToken(slowJob));
    const stuck = await slow.add({ n: 1 }, { attempts: 1 });
    expect(await last('slow', stuck.id)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('300 ms') as string,
    });
    const next = await slow.add({ n: 2 });
    expect(await last('slow', next.id)).toMatchObject({ state: 'completed' });
  });

  it('are requeued when the worker stops, those that wait for a batch too, and lose no attempt', async () => {
    handler = async (jobs, { signal }) => {
      if (batches.length <= 2) return aborted(signal);
      return double(jobs);
    };
    await add(1);
    await until(() => now === 1);
    await add(1);
    await until(() => now === 2);
    const added = await add(3);
    await until(async () => (await queue.getActiveCount()) === 5);
    await app.close();
    expect(batches.slice(0, 2).map(({ batch }) => batch.signal.aborted)).toEqual([true, true]);
    app = await start(RowProcessor);
    rows = app.get(getJobProducerToken(rowJob));
    queue = app.get(Queues).open(rowJob);
    const ends = await Promise.all(added.map(({ id }) => last('row', id)));
    expect(ends.map((end) => [end?.state, end?.attempts.made])).toEqual(
      added.map(() => ['completed', 1]),
    );
    await until(async () => (await queue.getCompletedCount()) === 5);
  });
});

it('a batch is refused where it cannot be one', () => {
  class Single extends JobHost<typeof rowJob> {
    handle() {
      return { double: 1 };
    }
  }
  class Many extends BatchHost<typeof rowJob> {
    handleBatch(jobs: Batch) {
      return double(jobs);
    }
  }
  expect(() => {
    JobProcessor(rowJob)(Many);
  }).toThrow('extend JobHost in place of BatchHost');
  expect(() => {
    JobProcessor(rowJob, { batch: { size: 2 } })(Single);
  }).toThrow('a class that extends BatchHost');
  expect(() => {
    JobProcessor(rowJob, { batch: { size: 2 }, isolation: 'process' })(Many);
  }).toThrow('a sandbox runs one job at a time');
  for (const batch of [{ size: 0 }, { size: 2.5 }, { size: 2, wait: -1 }]) {
    expect(() => {
      JobProcessor(rowJob, { batch })(Many);
    }).toThrow('The option "batch.');
  }
});
