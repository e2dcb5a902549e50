import { Queue } from 'bullmq';
import pg from 'pg';
import { until } from '@libs/testing';
import { acceptQueueStores } from './backend-dispatcher';
import { openQueueStore } from './open-queue-store';
import type { QueueStore } from './queue-store';
import { createTestStore, type TestStore } from './testing/each-store';
import { firstJobs } from './testing/first-jobs';

const QUEUE = 'held';
const STARTED = 2_500;

acceptQueueStores();

describe('a queue on Postgres while a transaction of another session stays open', () => {
  let test: TestStore;
  let store: QueueStore;
  let queue: Queue;
  let other: pg.Client;
  let session: pg.Client;

  beforeAll(async () => {
    test = await createTestStore('postgres');
    store = await openQueueStore({ url: test.url });
    queue = new Queue(QUEUE, { connection: store });
    other = new pg.Client(test.url);
    session = new pg.Client(test.url);
    await Promise.all([other.connect(), session.connect()]);
    await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM bullmq.job');
    const jobs = Array.from({ length: STARTED + 20 }, () => ({ name: 'job', data: {} }));
    await queue.addBulk(jobs);
    await session.query(
      "UPDATE bullmq.job SET state = 'active' WHERE queue = $1 AND id::integer <= $2",
      [QUEUE, STARTED],
    );
  });

  afterAll(async () => {
    await queue.close();
    await Promise.all([store.close(), other.end(), session.end()]);
    await test.drop();
  });

  const first = (count: number) => firstJobs(session, QUEUE, count);

  it('passes over the jobs that have begun since once, and not in each fetch', async () => {
    const begin = await first(3);
    expect(begin.ids).toEqual([2_501, 2_502, 2_503].map(String));
    expect(begin.entries).toBeGreaterThan(STARTED);
    const next = await until(async () => {
      // The first of the two may be late, and begin at the beginning.
      await first(3);
      const fetch = await first(3);
      return fetch.entries < 100 ? fetch : undefined;
    });
    expect(Number(next.ids[0])).toBeGreaterThanOrEqual(2_503);
  });

  it('passes over the events that it has trimmed once, and not in each trim', async () => {
    const count = 600;
    await session.query(
      "UPDATE bullmq.meta SET value = '100' WHERE queue = $1 AND field = 'opts.maxLenEvents'",
      [QUEUE],
    );
    /** @returns how many entries of the index of the events were read */
    const publish = async (): Promise<number> => {
      const entriesRead = async () => {
        const { rows } = await session.query<{ read: number }>(
          "SELECT pg_stat_get_xact_tuples_returned('bullmq.event_pkey'::regclass)::integer AS read",
        );
        return rows[0]?.read ?? 0;
      };
      await session.query('BEGIN');
      const before = await entriesRead();
      await session.query(
        `SELECT bullmq.grouped_publish($1, array_fill('waiting'::text, ARRAY[$2::integer]),
                                       array_fill('{}'::jsonb, ARRAY[$2::integer]))`,
        [QUEUE, count],
      );
      const after = await entriesRead();
      await session.query('COMMIT');
      return after - before;
    };
    const reads: number[] = [];
    for (let round = 0; round < 6; round += 1) reads.push(await publish());
    const { rows } = await session.query<{ kept: number }>(
      'SELECT count(*)::integer AS kept FROM bullmq.event WHERE queue = $1',
      [QUEUE],
    );
    // A trim is due at each 256th event.
    expect(rows[0]?.kept).toBeLessThan(100 + 256 + count);
    expect(reads.at(-1)).toBeLessThan(2 * count);
  });

  it('finds what is to run before the others soon after', async () => {
    await queue.add('urgent', {}, { jobId: 'urgent', lifo: true });
    await until(async () => (await first(1)).ids[0] === 'urgent');
  });

  it('takes all that wait if they are fewer than it has room for', async () => {
    const { ids } = await first(1_000);
    expect(ids).toHaveLength(21);
  });
});
