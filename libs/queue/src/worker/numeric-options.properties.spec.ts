import { getQueueToken } from '@nestjs/bullmq';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { until } from '@libs/testing';
import { type Queue, Worker } from 'bullmq';
import fc from 'fast-check';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import * as z from 'zod';
import { QueueModule } from '..';
import { JobHost, JobProcessor, type JobProcessorOptions, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { InvalidOptionError } from '../limits/invalid-option.errors';
import { LONGEST_DELAY, LONGEST_TIMER } from '../limits/numbers';
import {
  anyNumber,
  count,
  expected,
  type NumericKeys,
  type NumericOption,
  whole,
} from '../limits/testing/numbers';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';

const pingJobOf = (name: string) => defineJob({ name, data: z.object({}) });

function pingProcessor(options: JobProcessorOptions, job = pingJobOf('ping')) {
  class PingProcessor extends JobHost<typeof job> {
    handle() {}
  }
  JobProcessor(job, options)(PingProcessor);
  return PingProcessor;
}

/** Every numeric option of `@JobProcessor`. A new one does not compile until it is here. */
const NUMBERS = {
  concurrency: count(1),
  lockDuration: whole(50, LONGEST_TIMER),
  maxStalledCount: count(0),
  maxStartedAttempts: count(0),
  stalledInterval: whole(1, LONGEST_TIMER),
} satisfies Record<NumericKeys<JobProcessorOptions>, NumericOption>;

const LIMITER = {
  max: count(1),
  duration: whole(1),
} satisfies Record<keyof NonNullable<JobProcessorOptions['limiter']>, NumericOption>;

interface Case {
  readonly option: string;
  readonly rule: NumericOption;
  readonly give: (value: number) => JobProcessorOptions;
}

const CASES: Case[] = [
  ...Object.entries(NUMBERS).map(([option, rule]) => ({
    option,
    rule,
    give: (value: number) => ({ [option]: value }),
  })),
  ...Object.entries(LIMITER).map(([option, rule]) => ({
    option: `limiter.${option}`,
    rule,
    give: (value: number) => ({ limiter: { max: 1, duration: 1, [option]: value } }),
  })),
  {
    option: 'metrics.maxDataPoints',
    rule: count(0),
    give: (maxDataPoints) => ({ metrics: { maxDataPoints } }),
  },
  {
    option: 'isolation.memoryLimit',
    rule: whole(1, 2 ** 31 - 1),
    give: (memoryLimit) => ({ isolation: { kind: 'process', memoryLimit } }),
  },
  {
    option: 'isolation.warm',
    rule: count(0),
    give: (warm) => ({ isolation: { kind: 'process', warm } }),
  },
];

describe('a number among the options of a processor', () => {
  it.each(CASES)(
    '"$option" is taken, or refused by name when the class is defined, whatever it is',
    ({ option, rule, give }) => {
      fc.assert(
        fc.property(anyNumber, (value) => {
          const define = () => pingProcessor(give(value));
          if (expected(rule, value) === undefined) {
            expect(define).toThrow(InvalidOptionError);
            expect(define).toThrow(
              `The option "${option}" of the processor PingProcessor of "ping" jobs is `,
            );
          } else {
            expect(define).not.toThrow();
          }
        }),
      );
    },
  );
});

const third: JobProcessorOptions = { limiter: { max: 1, duration: 1_000 / 3 } };
const taken = CASES.filter(({ option }) => !option.startsWith('isolation')).flatMap(
  ({ option, rule, give }) => {
    const { min, max, round } = rule;
    const values = [min, max, ...(round === undefined ? [] : [min + 0.5])];
    return values.map((value) => ({ name: `${option}: ${value}`, options: give(value) }));
  },
);

/** Each with a queue of its own. */
const WORKERS = [{ name: 'limiter: { max: 1, duration: 1000 / 3 }', options: third }, ...taken].map(
  ({ name, options }, index) => {
    const job = pingJobOf(`ping-${index}`);
    // A busy machine holds no lock of 50 ms; a job that has lost it is to run again soon.
    const soon = options.lockDuration === 50 ? { stalledInterval: 500 } : {};
    return { name, options, job, processor: pingProcessor({ ...options, ...soon }, job) };
  },
);

describeOnEachStore('a processor', (kind) => {
  let store: TestStore;
  let app: INestApplicationContext;
  let jobs: JobsReader;

  beforeAll(async () => {
    store = await createTestStore(kind);
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url }),
        QueueModule.forFeature(pingJobOf('ping'), ...WORKERS.map(({ job }) => job)),
        QueueWorkerModule.forProcessors(WORKERS.map(({ processor }) => processor)),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    jobs = app.get(JobsReader);
  });

  afterAll(async () => {
    await app.close();
    await store.drop();
  });

  it.each(WORKERS)('with $name takes jobs', async ({ options, job }) => {
    const producer = app.get<JobProducer<typeof job>>(getJobProducerToken(job), {
      strict: false,
    });
    // The longest limit lets no second job run.
    const count = options.limiter?.duration === LONGEST_DELAY ? 1 : 2;
    for (let number = 0; number < count; number += 1) {
      const { id } = await producer.add({});
      await until(async () => (await jobs.get(job.name, id))?.state === 'completed');
    }
  });

  it("of BullMQ's own has the same rules", async () => {
    const { opts } = app.get<Queue>(getQueueToken('ping'), { strict: false });
    const start = (limiter: { max: number; duration: number }) =>
      new Worker('other', () => Promise.resolve(), { ...opts, limiter, autorun: false });
    expect(() => start({ max: 1, duration: Number.NaN })).toThrow(
      'The option "limiter.duration" of the worker of "other" jobs is NaN.',
    );
    const worker = start(third.limiter ?? { max: 1, duration: 0 });
    await expect(worker.getNextJob('token', { block: false })).resolves.toBeUndefined();
    await worker.close();
  });
});
