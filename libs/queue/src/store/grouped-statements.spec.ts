import { createPostgresBackend, type Job, Queue, Worker, withBackend } from 'bullmq';
import pg from 'pg';
import { until } from '@libs/testing';
import { ConnectionPool } from '../connection/postgres/connection-pool';
import { Transactions } from '../processor/testing/transactions';
import { acceptQueueStores } from './backend-dispatcher';
import { openQueueStore } from './open-queue-store';
import type { QueueStore } from './queue-store';
import { createTestStore, type TestStore } from './testing/each-store';
import { GroupedSide } from './testing/grouped-side';

const JOBS = 200;

acceptQueueStores();

describe('what is asked of a queue on Postgres at the same time', () => {
  let store: TestStore;
  let admin: pg.Client;
  const stores: QueueStore[] = [];
  let statements: string[] = [];

  async function open(options: { groupStatements?: boolean } = {}): Promise<QueueStore> {
    const opened = await openQueueStore({ url: store.url, ...options });
    await opened.check();
    stores.push(opened);
    return opened;
  }

  const sent = (name: string) => statements.filter((text) => text.includes(`${name}(`)).length;

  beforeAll(async () => {
    store = await createTestStore('postgres');
    admin = new pg.Client(store.url);
    await admin.connect();
  });

  beforeEach(() => {
    statements = [];
    const query = Reflect.get(ConnectionPool.prototype, 'query') as (
      ...args: unknown[]
    ) => Promise<never>;
    jest.spyOn(ConnectionPool.prototype, 'query').mockImplementation(async function (
      this: ConnectionPool,
      ...args: unknown[]
    ) {
      statements.push(String(args[0]));
      return query.apply(this, args);
    });
  });

  afterEach(async () => {
    await Promise.all(stores.splice(0).map((opened) => opened.close()));
  });

  afterAll(async () => {
    await admin.end();
    await store.drop();
  });

  /** Adds jobs and runs them. @returns the ids of those that were run */
  async function runJobs(opened: QueueStore, name: string): Promise<string[]> {
    const queue = new Queue(name, { connection: opened });
    await queue.add('first', {});
    await Promise.all(
      Array.from({ length: JOBS - 1 }, (_, number) => queue.add('next', { number })),
    );
    const ran: string[] = [];
    const worker = new Worker(name, (job) => Promise.resolve(ran.push(job.id ?? '')), {
      connection: opened,
      concurrency: 20,
    });
    await until(async () => (await queue.getCompletedCount()) === JOBS);
    await worker.close();
    await queue.close();
    return ran;
  }

  it('is few statements', async () => {
    const ran = await runJobs(await open(), 'together');
    expect(new Set(ran).size).toBe(JOBS);
    expect(ran).toHaveLength(JOBS);
    expect(sent('grouped_add')).toBeLessThan(JOBS / 4);
    expect(sent('grouped_run')).toBeLessThan(JOBS / 2);
    expect(sent('move_to_completed') + sent('move_to_completed_fetch')).toBe(0);
  });

  it('is one statement each if groups are switched off', async () => {
    expect(await runJobs(await open({ groupStatements: false }), 'apart')).toHaveLength(JOBS);
    expect(sent('grouped_add') + sent('grouped_run')).toBe(0);
    expect(sent('add_job')).toBe(JOBS);
  });

  it("goes through BullMQ's functions if their version is unknown, or the database has no others", async () => {
    const opened = await open();
    await admin.query(
      "INSERT INTO bullmq.migration (version, name, min_client_version) VALUES (999, 'later', 6)",
    );
    try {
      expect(await runJobs(opened, 'later')).toHaveLength(JOBS);
      expect(sent('add_job')).toBe(JOBS);
    } finally {
      await admin.query('DELETE FROM bullmq.migration WHERE version = 999');
    }
    statements = [];
    await admin.query('ALTER FUNCTION bullmq.grouped_run RENAME TO renamed');
    try {
      expect(await runJobs(await open(), 'earlier')).toHaveLength(JOBS);
      expect(sent('grouped_add') + sent('grouped_run')).toBe(0);
    } finally {
      await admin.query('ALTER FUNCTION bullmq.renamed RENAME TO grouped_run');
    }
  });

  it('fails alone with what Postgres cannot store, and with a second end of the same job', async () => {
    const side = new GroupedSide(await open(), admin, 'bad');
    for (let index = 0; index < 4; index += 1) {
      await side.run({ kind: 'add', name: 'plain', opts: {} });
    }
    await Promise.all(Array.from({ length: 4 }, () => side.run({ kind: 'fetch' })));
    const complete = (job: string, result: unknown = job) =>
      side.run({ kind: 'complete', job, result, keep: false, fetchNext: false });
    const ends = [complete('1'), complete('2', '\0'), complete('3'), complete('3'), complete('4')];
    const errors = (await Promise.all(ends)).map(({ error }) => error);
    expect(errors[1]).toBe('22P05');
    expect(errors.filter((error) => error === undefined)).toHaveLength(3);
    expect(errors[2] ?? errors[3]).toBe(-3);
    const { rows } = await admin.query(
      "SELECT id, state FROM bullmq.job WHERE queue = 'bad' AND state <> 'completed'",
    );
    expect(rows).toEqual([{ id: '2', state: 'active' }]);
    await side.close();
  });

  it('goes on together after a moment in which another session has held all of its jobs', async () => {
    const side = new GroupedSide(await open(), admin, 'held');
    for (let index = 0; index < 8; index += 1) {
      await side.run({ kind: 'add', name: 'plain', opts: {} });
    }
    const fetchFour = () =>
      Promise.all(Array.from({ length: 4 }, () => side.run({ kind: 'fetch' })));
    await fetchFour();
    await admin.query('BEGIN');
    await admin.query(
      "SELECT FROM bullmq.job WHERE queue = 'held' AND state = 'active' FOR UPDATE",
    );
    statements = [];
    const ends = ['1', '2', '3', '4'].map((job) =>
      side.run({ kind: 'complete', job, result: job, keep: false, fetchNext: false }),
    );
    await until(() => sent('move_to_completed') === 4);
    await admin.query('COMMIT');
    expect((await Promise.all(ends)).map(({ error }) => error)).toEqual(ends.map(() => undefined));
    statements = [];
    await fetchFour();
    expect(statements.map((text) => /(\w+)\(/.exec(text)?.[1])).toEqual(['grouped_run']);
    await side.close();
  });

  it("leaves the caller's transaction to itself", async () => {
    const opened = await open();
    const queue = new Queue('transaction', { connection: opened });
    await queue.add('first', {});
    const database = new Transactions(store.url);
    const manager = await database.begin();
    const [inside, ...outside] = await Promise.all([
      opened.addInTransaction(manager, queue, [{ name: 'inside', data: {} }]),
      ...Array.from({ length: 5 }, () => queue.add('outside', {})),
    ]);
    await manager.end('ROLLBACK');
    await database.close();
    expect(await queue.getJob(inside[0] ?? '')).toBeUndefined();
    const ids = outside.map(({ id = '' }) => id);
    const jobs = await Promise.all(ids.map((id) => queue.getJob(id)));
    expect(jobs.map((job) => job?.name)).toEqual(ids.map(() => 'outside'));
    await queue.close();
  });

  it("works beside BullMQ's own worker on the same queue", async () => {
    const queue = new Queue('mixed', { connection: await open() });
    await queue.add('first', {});
    const ran: string[] = [];
    const run = (job: Job) => Promise.resolve(ran.push(job.id ?? ''));
    const own = new (withBackend(createPostgresBackend).Worker)('mixed', run, {
      connection: store.url,
      concurrency: 5,
    });
    const other = new Worker('mixed', run, { connection: stores[0] as never, concurrency: 5 });
    await Promise.all(Array.from({ length: JOBS - 1 }, () => queue.add('next', {})));
    await until(async () => (await queue.getCompletedCount()) === JOBS);
    expect([...ran].sort()).toEqual([...new Set(ran)].sort());
    expect(ran).toHaveLength(JOBS);
    await Promise.all([own.close(), other.close(), queue.close()]);
  });
});
