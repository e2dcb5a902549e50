import { Test } from '@nestjs/testing';
import pg from 'pg';
import * as z from 'zod';
import { createTestDatabase, type TestDatabase, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { ApplicationOutbox } from '../outbox/application-outbox';
import { migrateOutbox } from '../outbox/migrate-outbox';
import { Transaction } from '../outbox/testing/transaction';
import { JobsReader } from '../reader/jobs-reader';
import { getJobProducerToken } from './inject-job.decorator';
import type { JobProducer } from './job-producer';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { startProcessor, type QueueHarness } from '../testing/queue-harness';
import { createQueueDatabase } from '../store/testing/queue-database';

const reminderJob = defineJob({
  name: 'reminder',
  data: z.object({ to: z.string().toLowerCase(), text: z.string().default('') }),
  dedupe: ({ to }) => (to === 'everyone' ? undefined : to),
});
/** The same, for a window. */
const alarmJob = defineJob({
  name: 'alarm',
  data: reminderJob.data,
  dedupe: { key: ({ to }) => to, window: 2_000 },
});

/** Jobs that request it run until it is opened. */
let gate: Promise<void>;
let open: () => void;
let running = 0;

@JobProcessor(reminderJob, { concurrency: 4 })
class ReminderProcessor extends JobHost<typeof reminderJob> {
  async handle({ data }: JobContext<typeof reminderJob>) {
    if (data.text !== 'hold') return;
    running++;
    await gate;
  }
}

@JobProcessor(alarmJob)
class AlarmProcessor extends JobHost<typeof alarmJob> {
  handle() {}
}

describeOnEachStore('a contract that says which jobs are the same', (kind) => {
  let store: TestStore;
  let reminders: QueueHarness<typeof reminderJob>;
  let producer: JobProducer<typeof reminderJob>;

  beforeEach(async () => {
    running = 0;
    gate = new Promise((resolve) => (open = resolve));
    store = await createTestStore(kind);
    reminders = await startProcessor(ReminderProcessor, { url: store.url });
    ({ producer } = reminders);
  });

  afterEach(async () => {
    open();
    await reminders.close();
    await store.drop();
  });

  const held = { to: 'ada', text: 'hold' };

  it('has the second of them not added while the first has not ended, and points to the first', async () => {
    const first = await producer.add(held);
    expect(first).toEqual({ queue: 'reminder', id: expect.any(String) as string });
    expect(await producer.add({ to: 'ada' })).toEqual({ ...first, deduplicated: true });
    await until(() => running === 1);
    // The key is computed from the parsed data.
    expect(await producer.add({ to: 'ADA', text: 'later' })).toMatchObject({ id: first.id });

    open();
    await until(
      async () => (await reminders.jobs.get('reminder', first.id))?.state === 'completed',
    );
    const next = await producer.add(held);
    expect(next.id).not.toBe(first.id);
    expect(next.deduplicated).toBeUndefined();
  });

  it('is not kept back by one that is added again, by its id, when it has ended', async () => {
    const endOf = async (id: string) => (await reminders.jobs.get('reminder', id))?.state;
    const again = async () => {
      await producer.add({ to: 'ada' }, { jobId: 'first' });
      await producer.addBulk([
        { data: { to: 'eve' }, options: { jobId: 'other' } },
        { data: { to: 'ada' }, options: { jobId: 'first' } },
      ]);
    };
    await again();
    await until(async () => (await endOf('first')) === 'completed');
    await until(async () => (await endOf('other')) === 'completed');
    await again();
    const next = await producer.addBulk([{ data: { to: 'ada' } }, { data: { to: 'eve' } }]);
    for (const { id, deduplicated } of next) {
      expect(deduplicated).toBeUndefined();
      await until(async () => (await endOf(id)) === 'completed');
    }
  });

  it('adds those of another key, and those that have none', async () => {
    const added = await Promise.all(
      ['ada', 'eve', 'everyone', 'everyone'].map((to) => producer.add({ ...held, to })),
    );
    expect(new Set(added.map(({ id }) => id)).size).toBe(4);
    await until(() => running === 4);
  });

  it('holds within one call as well', async () => {
    const [first, same, other] = await producer.addBulk([
      { data: held },
      { data: { to: 'Ada', text: 'again' } },
      { data: { to: 'eve' } },
    ]);
    expect(same).toEqual({ ...first, deduplicated: true });
    expect(other?.id).not.toBe(first?.id);
    expect(other?.deduplicated).toBeUndefined();
  });

  it('holds among many that are added at the same moment', async () => {
    const added = await Promise.all(Array.from({ length: 20 }, () => producer.add(held)));
    expect(new Set(added.map(({ id }) => id)).size).toBe(1);
    expect(added.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);
  });

  it('gives way to what a single add says', async () => {
    const own = { deduplication: { id: 'own' } };
    const first = await producer.add(held);
    const second = await producer.add(held, own);
    expect(second.id).not.toBe(first.id);
    expect(await producer.add({ to: 'eve' }, own)).toEqual({ ...second, deduplicated: true });
  });

  it('lets a job be added again when its window is over, ended or not', async () => {
    const alarms = await startProcessor(AlarmProcessor, { url: store.url });
    const [first, second] = await alarms.producer.addBulk([
      { data: { to: 'ada' } },
      { data: { to: 'ada' } },
    ]);
    expect(second).toEqual({ ...first, deduplicated: true });
    await until(async () => !(await alarms.producer.add({ to: 'ada' })).deduplicated);
    await alarms.close();
  });
});

describe('jobs that are the same, in a transaction', () => {
  let database: TestDatabase;
  let reminders: QueueHarness<typeof reminderJob>;
  let client: pg.Client;

  beforeEach(async () => {
    database = await createQueueDatabase();
    reminders = await startProcessor(ReminderProcessor, { url: database.url });
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });

  afterEach(async () => {
    await client.end();
    await reminders.close();
    await database.drop();
  });

  it('are added once, and not at all if it is rolled back', async () => {
    const queryRunner = { isTransactionActive: true, connect: () => Promise.resolve(client) };
    const later = { manager: { queryRunner }, delay: 3_600_000 };
    const { producer, jobs } = reminders;

    await client.query('BEGIN');
    const lost = await producer.add({ to: 'ada' }, later);
    await client.query('ROLLBACK');
    await client.query('BEGIN');
    const first = await producer.add({ to: 'ada' }, later);
    expect(await producer.add({ to: 'ada' }, later)).toEqual({ ...first, deduplicated: true });
    await client.query('COMMIT');
    expect(await producer.add({ to: 'ada' })).toEqual({ ...first, deduplicated: true });
    expect(first.id).not.toBe(lost.id);
    expect(await jobs.get('reminder', lost.id)).toBeUndefined();
    expect(await jobs.get('reminder', first.id)).toMatchObject({ state: 'delayed' });
  });
});

describeOnEachStore('jobs that are the same, through the outbox', (kind) => {
  it('are dropped when they are published, so that one of them comes to be', async () => {
    const [database, store] = await Promise.all([createTestDatabase(), createTestStore(kind)]);
    await migrateOutbox(database.url);
    const app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url, outbox: { url: database.url } }),
        QueueModule.forFeature(reminderJob),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    const producer = app.get<JobProducer<typeof reminderJob>>(getJobProducerToken(reminderJob), {
      strict: false,
    });

    const manager = await Transaction.begin(database.url);
    const later = { manager, delay: 3_600_000 };
    const first = await producer.add({ to: 'ada' }, later);
    const second = await producer.add({ to: 'Ada' }, later);
    const other = await producer.add({ to: 'eve' }, later);
    await manager.end('COMMIT');
    // As documented: the reference is returned before it can be known.
    expect(second).toEqual({
      queue: 'reminder',
      id: expect.not.stringMatching(first.id) as string,
    });

    await until(async () => (await app.get(ApplicationOutbox).lag())?.rows === 0);
    const reader = app.get(JobsReader);
    expect(await reader.get('reminder', first.id)).toMatchObject({ state: 'delayed' });
    expect(await reader.get('reminder', second.id)).toBeUndefined();
    expect(await reader.get('reminder', other.id)).toMatchObject({ state: 'delayed' });
    // A job that is added later finds the one that was published.
    expect(await producer.add({ to: 'ada' })).toEqual({ ...first, deduplicated: true });

    await app.close();
    await Promise.all([database.drop(), store.drop()]);
  });
});
