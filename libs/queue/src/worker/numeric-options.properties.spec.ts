import { getQueueToken } from '@nestjs/bullmq';
import { type Queue, Worker } from 'bullmq';
import fc from 'fast-check';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import * as z from 'zod';
import { JobHost, JobProcessor, type JobProcessorOptions } from '../consumer';
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
import { startProcessor } from '../testing/queue-harness';

const pingJob = defineJob({ name: 'ping', data: z.object({}) });

function pingProcessor(options: JobProcessorOptions) {
  class PingProcessor extends JobHost<typeof pingJob> {
    handle() {}
  }
  JobProcessor(pingJob, options)(PingProcessor);
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

describeOnEachStore('a processor', (kind) => {
  let store: TestStore;

  beforeEach(async () => {
    store = await createTestStore(kind);
  });

  afterEach(() => store.drop());

  const third: JobProcessorOptions = { limiter: { max: 1, duration: 1_000 / 3 } };
  const taken = CASES.filter(({ option }) => !option.startsWith('isolation')).flatMap(
    ({ option, rule, give }) => {
      const { min, max, round } = rule;
      const values = [min, max, ...(round === undefined ? [] : [min + 0.5])];
      return values.map((value) => ({ name: `${option}: ${value}`, options: give(value) }));
    },
  );

  it.each([{ name: 'limiter: { max: 1, duration: 1000 / 3 }', options: third }, ...taken])(
    'with $name takes jobs',
    async ({ options }) => {
      const harness = await startProcessor(pingProcessor(options), { url: store.url });
      try {
        await expect(harness.run({})).resolves.toMatchObject({ state: 'completed' });
        // The longest limit lets no second job run.
        if (options.limiter?.duration === LONGEST_DELAY) return;
        await expect(harness.run({})).resolves.toMatchObject({ state: 'completed' });
      } finally {
        await harness.close();
      }
    },
  );

  it("of BullMQ's own has the same rules", async () => {
    const harness = await startProcessor(pingProcessor({}), { url: store.url });
    try {
      const { opts } = harness.app.get<Queue>(getQueueToken('ping'), { strict: false });
      const start = (limiter: { max: number; duration: number }) =>
        new Worker('other', () => Promise.resolve(), { ...opts, limiter, autorun: false });
      expect(() => start({ max: 1, duration: Number.NaN })).toThrow(
        'The option "limiter.duration" of the worker of "other" jobs is NaN.',
      );
      const worker = start(third.limiter ?? { max: 1, duration: 0 });
      await expect(worker.getNextJob('token', { block: false })).resolves.toBeUndefined();
      await worker.close();
    } finally {
      await harness.close();
    }
  });
});
