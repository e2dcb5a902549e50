import { createPostgresBackend, type Job, type JobType, Queue, withBackend } from 'bullmq';
import type { TestDatabase } from '@libs/testing';
import { defaultObserver } from '../../observe/observers';
import { acceptQueueStores } from '../../store/backend-dispatcher';
import { PostgresQueueStore } from '../../store/postgres-queue-store';
import { SharedPostgresConnection } from './shared-postgres-connection';
import { createQueueDatabase } from '../../store/testing/queue-database';

/** The backends take it, and count by it; the types of BullMQ 6.7 leave it out. */
const PAUSED = 'paused' as string as JobType;

describe('a queue on the connection of its process', () => {
  let database: TestDatabase;
  let store: PostgresQueueStore;
  let queue: Queue;

  beforeAll(async () => {
    acceptQueueStores();
    database = await createQueueDatabase();
    store = new PostgresQueueStore({ url: database.url }, defaultObserver());
    queue = new Queue('orders', { connection: store });
  });

  afterAll(async () => {
    await queue.close();
    await store.close();
    await database.drop();
  });

  it('wakes a reader by an event that comes before it has begun to listen', async () => {
    const reader = store.backend('orders', { connection: store }, {});
    const after = await store.latestEventId('orders');
    // The event arrives at the worst moment: while the listening connection is being opened.
    jest
      .spyOn(SharedPostgresConnection.prototype, 'getListenClient')
      .mockImplementationOnce(async function (this: SharedPostgresConnection) {
        await queue.add('orders', {});
        return this.getListenClient();
      });

    // If the event were missed, this would wait for a minute.
    const events = await reader.readEvents(after, 60_000);

    expect(JSON.stringify(events)).toContain('waiting');
    await reader.disconnect();
    await reader.close();
  });

  it('counts its jobs as BullMQ alone does, running, paused and by what is asked', async () => {
    const PlainQueue = withBackend(createPostgresBackend).Queue;
    const plain = new PlainQueue('counted', { connection: database.url });
    const own = new Queue('counted', { connection: store });
    await own.addBulk([
      { name: 'first', data: {} },
      { name: 'second', data: {} },
      { name: 'urgent', data: {}, opts: { priority: 3 } },
      { name: 'later', data: {}, opts: { delay: 60_000 } },
    ]);
    const backend = store.backend('counted', { connection: store }, {});
    await backend.moveToActive('token', 'worker');
    const ended = { id: '1' } as Job;
    await backend.moveToCompleted(ended, null, false, 'token', false);
    for (const isPaused of [false, true]) {
      if (isPaused) await own.pause();
      expect(await own.getJobCounts()).toEqual(await plain.getJobCounts());
      for (const types of [['waiting'], [PAUSED, 'completed'], ['wait', 'failed']] as const) {
        expect(await own.getJobCounts(...types)).toEqual(await plain.getJobCounts(...types));
      }
      expect(await own.count()).toBe(await plain.count());
      expect(await own.getDelayedCount(Date.now())).toBe(await plain.getDelayedCount(Date.now()));
    }
    expect(await own.getJobCounts('completed', PAUSED)).toEqual({ completed: 1, paused: 1 });
    await backend.close();
    await own.close();
    await plain.close();
  });

  it('keeps all lines that a job logs at the same moment', async () => {
    const job = await queue.add('orders', {});
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    await Promise.all(lines.map((line) => job.log(line)));
    const { logs } = await queue.getJobLogs(job.id ?? '');
    expect(logs.sort()).toEqual(lines.sort());
  });
});
