import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import fc from 'fast-check';
import * as z from 'zod';
import { until } from '@libs/testing';
import { type JobContext, JobHost, JobProcessor } from '../consumer';
import { defineJob } from '../contract/define-job';
import type { AddOptions, JobBackoff, JobOptions } from '../contract/job-options';
import { InvalidOptionError, JobOptionError } from '../limits/invalid-option.errors';
import { LONGEST_DELAY } from '../limits/numbers';
import { anyNumber, count, expected, type NumericKeys, whole } from '../limits/testing/numbers';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { type QueueHarness, startProcessor } from '../testing/queue-harness';

const data = z.object({ fails: z.boolean().optional() });
const pingJob = defineJob({ name: 'ping', data });

@JobProcessor(pingJob, { concurrency: 4 })
class PingProcessor extends JobHost<typeof pingJob> {
  handle({ data: { fails } }: JobContext<typeof pingJob>) {
    if (fails) throw new Error('as told');
  }
}

/** Every numeric option of a contract, and so of a job. A new one does not compile until it is here. */
const JOB_OPTIONS = {
  attempts: count(1),
  backoff: whole(0),
  delay: whole(0),
  keepLogs: count(0),
  priority: count(0, 2 ** 21 - 1),
  sizeLimit: whole(0, 2 ** 31 - 1),
  stackTraceLimit: count(0),
} satisfies Record<NumericKeys<JobOptions>, object>;

const BACKOFF = {
  delay: whole(0),
  jitter: { min: 0, max: 1, round: (value: number) => value },
} satisfies Record<NumericKeys<Omit<JobBackoff, 'type'>>, object>;

/** Each with how a job is given it. */
const CASES = [
  ...Object.entries(JOB_OPTIONS).map(([option, rule]) => ({
    option,
    // A job may be put off until a time that has passed.
    rule: option === 'delay' ? { ...rule, clamped: true } : rule,
    give: (value: number): AddOptions => ({ [option]: value }),
  })),
  ...Object.entries(BACKOFF).map(([option, rule]) => ({
    option: `backoff.${option}`,
    rule,
    give: (value: number): AddOptions => ({
      backoff: { type: 'exponential', delay: 1, [option]: value },
    }),
  })),
  {
    option: 'deduplication.ttl',
    rule: whole(0),
    give: (ttl: number): AddOptions => ({ deduplication: { id: `of ${ttl}`, ttl } }),
  },
];

describeOnEachStore('a number among the options of a job', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof pingJob>;
  let queue: Queue;

  beforeAll(async () => {
    store = await createTestStore(kind);
    harness = await startProcessor(PingProcessor, { url: store.url });
    queue = harness.app.get<Queue>(getQueueToken('ping'), { strict: false });
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  it.each(CASES)(
    '"$option" is stored as it is or rounded, or refused by name, whatever it is',
    async ({ option, rule, give }) => {
      await fc.assert(
        fc.asyncProperty(anyNumber, async (value) => {
          const stored = expected(rule, value);
          // The data is larger than this.
          if (option === 'sizeLimit' && stored === 1) return;
          const added = harness.producer.add({}, give(value));
          if (stored === undefined) {
            const error: unknown = await added.catch((reason: unknown) => reason);
            expect(error).toBeInstanceOf(JobOptionError);
            expect(error).toMatchObject({ code: 'JOB_OPTION', job: 'ping', option, value });
            return;
          }
          const { id } = await added;
          const job = await queue.getJob(id);
          if (option === 'delay') expect(job?.opts.delay).toBe(stored);
        }),
        { numRuns: 20 },
      );
      // A worker takes jobs as before.
      await expect(harness.run({})).resolves.toMatchObject({ state: 'completed' });
    },
  );

  it('is named by its job where several are added, and none of them is', async () => {
    // Jobs of the tests before may still run.
    const countJobs = async () =>
      Object.values(await queue.getJobCounts()).reduce((sum, count) => sum + count, 0);
    const before = await countJobs();
    const adding = harness.producer.addBulk([
      { data: {} },
      { data: {}, options: { jobId: 'night', delay: Number.NaN } },
    ]);
    await expect(adding).rejects.toThrow(
      `No "ping" job with the id 'night' was added: its option "[1].delay" is NaN. Use a number of milliseconds up to`,
    );
    expect(await countJobs()).toBe(before);
  });

  it('is clamped where BullMQ computes it: a backoff that grows beyond every limit', async () => {
    const backoff = { type: 'exponential', delay: 1e12 } as const;
    const { id } = await harness.producer.add({ fails: true }, { attempts: 40, backoff });
    const untilDelayed = () => until(async () => (await queue.getJobState(id)) === 'delayed');
    // At the 24th attempt the delay would be beyond a bigint.
    for (let attempt = 1; attempt < 30; attempt++) {
      await untilDelayed();
      await (await queue.getJob(id))?.promote();
    }
    await untilDelayed();
    expect(await queue.getJob(id)).toMatchObject({ attemptsMade: 30, delay: LONGEST_DELAY });
  });

  it('is refused where BullMQ hands it on: a queue, a scheduler, a job of its own', async () => {
    const refused = async (option: string, call: () => Promise<unknown>) => {
      const error: unknown = await call().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(InvalidOptionError);
      expect(error).toMatchObject({ owner: 'the queue "ping"', option });
    };
    await refused('concurrency', () => queue.setGlobalConcurrency(2.5));
    await refused('max', () => queue.setGlobalRateLimit(0.5, 1_000));
    await refused('duration', () => queue.setGlobalRateLimit(1, Number.NaN));
    await refused('rateLimit', () => queue.rateLimit(Number.NaN));
    await refused('opts.attempts', () => queue.add('ping', {}, { attempts: 2.5 }));
    await refused('opts.delay', () => queue.add('ping', {}, { delay: Infinity }));
    await refused('opts.deduplication.ttl', () =>
      queue.add('ping', {}, { deduplication: { id: 'a', ttl: Number.NaN } }),
    );
    await refused('every', () => queue.upsertJobScheduler('s', { every: Infinity }));
    await refused('limit', () => queue.upsertJobScheduler('s', { every: 60_000, limit: 2.5 }));
    await refused('end', () => queue.getJobs('waiting', 0, Infinity));
    await refused('grace', () => queue.clean(Number.NaN, 1));
    await expect(harness.run({})).resolves.toMatchObject({ state: 'completed' });
  });

  it('is rounded where BullMQ hands it on', async () => {
    await queue.setGlobalRateLimit(100, 1_000 / 3);
    expect(await queue.getGlobalRateLimit()).toEqual({ max: 100, duration: 333 });
    await expect(harness.run({})).resolves.toMatchObject({ state: 'completed' });
    await queue.removeGlobalRateLimit();
    await queue.rateLimit(0.3);
    const job = await queue.add('ping', {}, { delay: 60_000.5, attempts: 1 });
    expect(await queue.getJob(job.id ?? '')).toMatchObject({ delay: 60_000 });
    await job.changeDelay(70_000.5);
    expect(await queue.getJob(job.id ?? '')).toMatchObject({ delay: 70_000 });
    await queue.upsertJobScheduler('often', { every: 100_000 / 3 });
    expect(await queue.getJobScheduler('often')).toMatchObject({ every: 33_333 });
    await queue.removeJobScheduler('often');
    await expect(harness.run({})).resolves.toMatchObject({ state: 'completed' });
  });
});

describe('a number in a contract', () => {
  it.each(CASES.filter(({ option }) => !option.startsWith('deduplication')))(
    '"options.$option" is kept or rounded, or refused by name, whatever it is',
    ({ option, rule, give }) => {
      fc.assert(
        fc.property(anyNumber, (value) => {
          const define = () => defineJob({ name: 'ping', data, options: give(value) });
          if (expected({ ...rule, clamped: false }, value) === undefined) {
            expect(define).toThrow(InvalidOptionError);
            expect(define).toThrow(`The option "options.${option}" of the contract "ping" is `);
          } else {
            expect(define).not.toThrow();
          }
        }),
      );
    },
  );
});
