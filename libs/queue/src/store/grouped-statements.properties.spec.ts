import fc from 'fast-check';
import pg from 'pg';
import { ConnectionPool } from '../connection/postgres/connection-pool';
import { acceptQueueStores } from './backend-dispatcher';
import { openQueueStore } from './open-queue-store';
import type { QueueStore } from './queue-store';
import { createTestStore, type TestStore } from './testing/each-store';
import { GroupedSide, type Operation, type Outcome } from './testing/grouped-side';
import { type Choice, choices } from './testing/grouped-steps';

/*
 * In libs/queue. A long run:   QUEUE_GROUP_RUNS=500 npx jest grouped-statements
 * A sequence that failed:      QUEUE_GROUP_SEED=123 QUEUE_GROUP_RUNS=1 npx jest grouped-statements
 */
const RUNS = Number(process.env['QUEUE_GROUP_RUNS'] ?? 6);
const SEED = Number(process.env['QUEUE_GROUP_SEED'] ?? Math.floor(Math.random() * 1e9));

/** In milliseconds: further than statements are sent one by one after a group that gained nothing. */
const STEP = 5_000;

acceptQueueStores();

describe('statements that are sent together', () => {
  let store: TestStore;
  let admin: pg.Client;
  let apart: QueueStore;
  let grouping: QueueStore;
  /** How many jobs each group has ended, fetched or added. */
  const groups: number[] = [];
  let clock = Date.parse('2030-01-01');
  let elapsed = 0;

  beforeAll(async () => {
    store = await createTestStore('postgres');
    admin = new pg.Client(store.url);
    await admin.connect();
    apart = await openQueueStore({ url: store.url, groupStatements: false });
    grouping = await openQueueStore({ url: store.url });
  });

  afterAll(async () => {
    await Promise.all([apart.close(), grouping.close(), admin.end()]);
    await store.drop();
  });

  beforeEach(() => {
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + elapsed);
    jest.spyOn(Date, 'now').mockImplementation(() => clock);
    const query = Reflect.get(ConnectionPool.prototype, 'query') as (
      ...args: unknown[]
    ) => Promise<pg.QueryResult<{ entry?: number }>>;
    jest.spyOn(ConnectionPool.prototype, 'query').mockImplementation(async function (
      this: ConnectionPool,
      ...args: unknown[]
    ) {
      const result = await query.apply(this, args);
      if (/grouped_(run|add)/.test(String(args[0]))) {
        groups.push(new Set(result.rows.map(({ entry }) => entry)).size);
      }
      return result;
    });
  });

  /** @returns in which way the two differ; undefined if in none */
  async function differenceAfter(
    steps: readonly (readonly Choice[])[],
    seed: number,
  ): Promise<Error | undefined> {
    const single = new GroupedSide(apart, admin, `single-${seed}`);
    const grouped = new GroupedSide(grouping, admin, `grouped-${seed}`);
    let isLimited = false;
    try {
      for (const side of [single, grouped])
        await side.run({ kind: 'add', name: 'plain', opts: {} });
      for (const step of steps) {
        clock += STEP;
        elapsed += STEP;
        const operations = operationsOf(step, [...single.tokens.keys()], single.special);
        const expected: Outcome[] = [];
        for (const operation of operations) expected.push(await single.run(operation));
        const actual: Outcome[] = [];
        if (isLimited)
          for (const operation of operations) actual.push(await grouped.run(operation));
        else actual.push(...(await Promise.all(operations.map((each) => grouped.run(each)))));
        for (const operation of operations) {
          if (operation.kind === 'limit') isLimited = operation.limit !== null;
        }
        expect(sorted(actual)).toEqual(sorted(expected));
        expect(actual.map(({ error }) => error)).toEqual(expected.map(({ error }) => error));
        expect(await grouped.wrongLocks()).toEqual([]);
      }
      expect(await grouped.contents()).toEqual(await single.contents());
      return undefined;
    } catch (error) {
      return error as Error;
    } finally {
      await Promise.all([single.close(), grouped.close()]);
    }
  }

  it(
    'leave the jobs, events and metrics that one after another leave',
    async () => {
      for (let seed = SEED; seed < SEED + RUNS; seed += 1) {
        const [steps = []] = fc.sample(choices, { seed, numRuns: 1 });
        const difference = await differenceAfter(steps, seed);
        if (difference === undefined) continue;
        const played = steps.map((step) => JSON.stringify(step)).join('\n');
        throw new Error(`QUEUE_GROUP_SEED=${seed}\n${played}\n${difference.message}`);
      }
      expect(Math.max(...groups)).toBeGreaterThan(3);
    },
    60_000 + RUNS * 2_000,
  );
});

const sorted = (outcomes: readonly Outcome[]) =>
  outcomes.map((outcome) => JSON.stringify(outcome)).sort();

/** What a step does to the jobs that were fetched before it. */
function operationsOf(
  step: readonly Choice[],
  fetched: readonly string[],
  family: Set<string>,
): Operation[] {
  const all = [...fetched].sort((one, other) => Number(one) - Number(other));
  const taken = new Set<string>();
  // Each once: of two ends of the same job, which one is the first decides.
  const pick = (from: readonly string[], which: number) => {
    const left = from.filter((id) => !taken.has(id));
    const picked = left[which % left.length] ?? '999999';
    taken.add(picked);
    return picked;
  };
  const plain = all.filter((id) => !family.has(id));
  return step.map((choice): Operation => {
    switch (choice.kind) {
      case 'complete': {
        const { which, isMissing, ...others } = choice;
        const from = choice.keep === true || choice.keep === false ? plain : all;
        return { ...others, job: isMissing ? '888888' : pick(from, which) };
      }
      case 'child': {
        const parent = pick(all, choice.which);
        family.add(parent);
        return { kind: 'add', name: 'child', opts: {}, parent };
      }
      case 'fail':
      case 'retry':
      case 'steal':
        return { ...choice, job: pick(all, choice.which) };
      default:
        return choice;
    }
  });
}
