import fc from 'fast-check';
import type { Behaviour } from './model-jobs';

export const QUEUES = ['task', 'slot', 'run', 'flow'] as const;

export type QueueName = (typeof QUEUES)[number];

interface NewJob {
  readonly behaviour: Behaviour;
  readonly delay: number;
  readonly priority: number;
  /** The key of a job with a limit. */
  readonly tenant: string;
}

/** One thing that is done to the queues. A `target` is a job by its number among those that were added. */
export type Step =
  | { readonly do: 'add'; readonly queue: 'task' | 'slot'; readonly jobs: readonly NewJob[] }
  | {
      readonly do: 'add flow';
      readonly parent: NewJob;
      readonly needed: readonly NewJob[];
      readonly tolerated: readonly NewJob[];
      readonly slots: readonly NewJob[];
    }
  | { readonly do: 'cancel'; readonly target: number; readonly wait: boolean }
  | { readonly do: 'redrive'; readonly target: number }
  | { readonly do: 'redrive all'; readonly queue: QueueName }
  | { readonly do: 'pause' | 'resume'; readonly queue: QueueName }
  /** The clock of the schedules goes on, and both workers look at it. */
  | { readonly do: 'time'; readonly seconds: number }
  /** A worker of a new build, whose schedule has this period in seconds. */
  | { readonly do: 'deploy'; readonly worker: number; readonly period: number }
  /** The other worker is brought up to date. */
  | { readonly do: 'catch up' }
  | { readonly do: 'restart'; readonly worker: number };

const job: fc.Arbitrary<NewJob> = fc.record({
  behaviour: fc.record({
    fails: fc.constantFrom(0, 0, 0, 1, 2, 3),
    dies: fc.constantFrom(false, false, false, true),
    takes: fc.constantFrom(0, 0, 3, 15, 40),
  }),
  delay: fc.constantFrom(0, 0, 0, 10, 30),
  priority: fc.constantFrom(0, 0, 0, 2),
  tenant: fc.constantFrom('a', 'a', 'b'),
});

const few = (max: number) => fc.array(job, { maxLength: max });
const target = fc.nat(1_000);
const queue = fc.constantFrom(...QUEUES);
const worker = fc.nat(1);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      queue: fc.constantFrom('task' as const, 'slot' as const),
      jobs: fc.array(job, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('add flow' as const),
      parent: job,
      needed: few(2),
      tolerated: few(2),
      slots: few(2),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('cancel' as const), target, wait: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('redrive' as const), target }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('redrive all' as const), queue }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pause' as const), queue }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resume' as const), queue }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('time' as const),
      seconds: fc.integer({ min: 5, max: 45 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('deploy' as const),
      worker,
      period: fc.constantFrom(20, 20, 45),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('catch up' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), worker }) },
);

/** Groups of steps, one after the other; the steps of a group are done at the same time. */
export const sequence: fc.Arbitrary<Step[][]> = fc.array(
  fc.array(step, { minLength: 1, maxLength: 3 }),
  { minLength: 12, maxLength: 30, size: 'max' },
);
