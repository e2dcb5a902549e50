import { Queue } from 'bullmq';
import pg from 'pg';
import { until } from '@libs/testing';
import { acceptQueueStores } from './backend-dispatcher';
import { openQueueStore } from './open-queue-store';
import type { QueueStore } from './queue-store';
import { createTestStore, type TestStore } from './testing/each-store';
import { firstJobs } from './testing/first-jobs';

const QUEUE = 'ended';
const ENDED = 4_000;

/** More than a fetch reads that finds its jobs at the beginning. */
const MANY_PAGES = 15;

acceptQueueStores();

describe('a queue on Postgres in which many jobs have run since its table was vacuumed', () => {
  let test: TestStore;
  let store: QueueStore;
  let queue: Queue;
  let session: pg.Client;

  beforeAll(async () => {
    test = await createTestStore('postgres');
    store = await openQueueStore({ url: test.url });
    queue = new Queue(QUEUE, { connection: store });
    session = new pg.Client(test.url);
    await session.connect();
    // As it is between two vacuums of a large table.
    await session.query('ALTER TABLE bullmq.job SET (autovacuum_enabled = off)');
    await queue.addBulk(Array.from({ length: ENDED + 20 }, () => ({ name: 'job', data: {} })));
    await session.query(
      "UPDATE bullmq.job SET state = 'completed' WHERE queue = $1 AND id::integer <= $2",
      [QUEUE, ENDED],
    );
  });

  afterAll(async () => {
    await queue.close();
    await Promise.all([store.close(), session.end()]);
    await test.drop();
  });

  const first = () => firstJobs(session, QUEUE, 3);

  it('reads the pages of those jobs now and then, and not in each fetch', async () => {
    expect((await first()).ids).toEqual([1, 2, 3].map((each) => String(ENDED + each)));
    const next = await until(async () => {
      const walk = await first();
      const fetch = await first();
      // The second may be late, and begin at the beginning.
      return walk.pages >= MANY_PAGES && fetch.pages < MANY_PAGES ? fetch : undefined;
    });
    // It begins where the fetch before has ended.
    expect(next.ids[0]).toBe(String(ENDED + 3));
  });
});
