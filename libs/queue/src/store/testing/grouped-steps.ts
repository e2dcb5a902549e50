import type { JobsOptions, KeepJobs } from 'bullmq';
import fc from 'fast-check';
import type { Operation } from './grouped-side';

type With<Kind extends Operation['kind']> = Omit<Extract<Operation, { kind: Kind }>, 'job'> & {
  /** The place of its job among those that were fetched. */
  readonly which: number;
};

/** An operation before it is known to which job. */
export type Choice =
  | Extract<Operation, { kind: 'add' | 'fetch' | 'pause' | 'limit' }>
  | (With<'complete'> & { readonly isMissing: boolean })
  | With<'fail'>
  | With<'retry'>
  | With<'steal'>
  | { readonly kind: 'child'; readonly which: number };

const which = fc.nat(20);

const options: fc.Arbitrary<JobsOptions> = fc.record(
  {
    priority: fc.integer({ min: 0, max: 3 }),
    // Due at the next step, or never.
    delay: fc.constantFrom(0, 1, 3_600_000_000),
    attempts: fc.integer({ min: 1, max: 3 }),
    lifo: fc.boolean(),
  },
  { requiredKeys: [] },
);

const kind = <Kind extends Choice['kind']>(name: Kind) => fc.constant(name);

const add = fc.record({ kind: kind('add'), name: fc.constant('plain'), opts: options });

const complete = (results: fc.Arbitrary<unknown>, keep: fc.Arbitrary<boolean | KeepJobs>) =>
  fc.record({
    ...{ kind: kind('complete'), which, result: results, keep, fetchNext: fc.boolean() },
    isLost: fc.constantFrom(true, ...new Array<boolean>(9).fill(false)),
    isMissing: fc.constantFrom(true, ...new Array<boolean>(9).fill(false)),
  });

const result = fc.constantFrom<unknown>(
  ...[undefined, null, 1, true, 'a "b" \\ {c}, \'', { d: ['ü', '\n'] }, [], '{}', 'NULL'],
);

/** At the same time. In which order they are done changes nothing that is compared. */
const together: fc.Arbitrary<readonly Choice[]> = fc.oneof(
  { weight: 2, arbitrary: fc.array(add, { minLength: 1, maxLength: 12 }) },
  {
    weight: 5,
    arbitrary: fc.array(
      fc.oneof(
        { weight: 2, arbitrary: fc.record({ kind: kind('fetch') }) },
        { weight: 4, arbitrary: complete(result, fc.boolean()) },
      ),
      { minLength: 1, maxLength: 12 },
    ),
  },
);

/** What BullMQ's own functions do: what they decide depends on the order. */
const alone: fc.Arbitrary<Choice> = fc.oneof<fc.Arbitrary<Choice>[]>(
  add,
  fc.record({
    ...{ kind: kind('add'), name: fc.constant('deduplicated') },
    opts: fc.constantFrom('x', 'y').map((id) => ({ deduplication: { id } })),
  }),
  fc.record({
    kind: kind('add'),
    name: fc.constant('named'),
    opts: fc.constantFrom('x', 'y').map((jobId) => ({ jobId })),
  }),
  fc.record({ kind: kind('child'), which }),
  fc.record({ kind: kind('fail'), which, fetchNext: fc.boolean(), keep: fc.boolean() }),
  fc.record({ kind: kind('retry'), which }),
  fc.record({ kind: kind('steal'), which }),
  fc.record({ kind: kind('pause'), isPaused: fc.boolean() }),
  fc.record({ kind: kind('limit'), limit: fc.constantFrom(null, null, 1, 3) }),
  complete(result, fc.constantFrom<KeepJobs>({ count: 2 }, { age: 10 }, { count: 0 })),
  // Postgres stores no such string.
  complete(fc.constant('\0'), fc.constant({ count: 3 })),
  complete(fc.constant('\0'), fc.boolean()),
);

export const choices: fc.Arbitrary<readonly (readonly Choice[])[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: together },
    { weight: 1, arbitrary: alone.map((choice) => [choice]) },
  ),
  { minLength: 4, maxLength: 16 },
);
