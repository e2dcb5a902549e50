import pg from 'pg';
import { z } from 'zod';
import { type TestDatabase, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { ADDING_FUNCTIONS } from '../connection/postgres/transaction-client';
import { defineJob } from '../contract/define-job';
import { OtherDatabaseError, TransactionRequiredError } from '../connection/transaction.errors';
import { hasEnded } from '../queues/job-snapshot';
import type { TransactionManager } from '../connection/transaction-manager';
import { startProcessor, type QueueHarness } from '../testing/queue-harness';
import type { JobReference } from './job-producer';
import { createQueueDatabase } from '../store/testing/queue-database';

const noteJob = defineJob({
  name: 'note',
  data: z.object({ text: z.string() }),
  result: z.object({ text: z.string() }),
});

/** When the job with a string was started, by the clock of `performance`. */
const startedAt = new Map<string, number>();

@JobProcessor(noteJob, { concurrency: 4 })
class NoteProcessor extends JobHost<typeof noteJob> {
  handle({ data }: JobContext<typeof noteJob>) {
    startedAt.set(data.text, performance.now());
    return { text: data.text };
  }
}

/** Stored, and not run by the worker for longer than the test takes. */
const LATER = { delay: 3_600_000 };

/** A transaction on its own connection, with the interface of TypeORM's manager. */
class Transaction implements TransactionManager {
  readonly queryRunner = {
    isTransactionActive: true,
    connect: () => Promise.resolve(this.client),
  };

  private constructor(readonly client: pg.Client) {}

  static async begin(url: string): Promise<Transaction> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    // A statement that waits for another transaction's lock fails with this.
    await client.query("BEGIN; SET LOCAL lock_timeout TO '2s'");
    return new Transaction(client);
  }

  query(text: string, values?: unknown[]): Promise<pg.QueryResult<Record<string, unknown>>> {
    return this.client.query<Record<string, unknown>>(text, values);
  }

  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    await this.client.query(how);
    await this.client.end();
  }
}

describe('a job that is added in a transaction', () => {
  let database: TestDatabase;
  let harness: QueueHarness<typeof noteJob>;
  let admin: pg.Client;
  const open: Transaction[] = [];

  beforeEach(async () => {
    database = await createQueueDatabase();
    harness = await startProcessor(NoteProcessor, { url: database.url });
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query('CREATE TABLE written (text text)');
  });

  afterEach(async () => {
    // Left open by a test that failed half-way.
    await Promise.all(open.splice(0).map(({ client }) => client.end()));
    await admin.end();
    await harness.close();
    await database.drop();
  });

  async function begin(url = database.url): Promise<Transaction> {
    const transaction = await Transaction.begin(url);
    open.push(transaction);
    return transaction;
  }

  async function rows(query: string): Promise<unknown[]> {
    return (await admin.query<unknown[]>({ text: query, rowMode: 'array' })).rows.flat();
  }

  const jobs = () => rows(`SELECT data ->> 'text' FROM bullmq.job ORDER BY data ->> 'text'`);
  const events = () => rows('SELECT event FROM bullmq.event');
  const written = () => rows('SELECT text FROM written ORDER BY text');

  async function outcome({ queue, id }: JobReference): Promise<unknown> {
    // Subscribers are notified late while a transaction that has added a job is open.
    const ended = await until(async () => {
      const snapshot = await harness.jobs.get(queue, id);
      return snapshot !== undefined && hasEnded(snapshot) ? snapshot : undefined;
    });
    return ended.result ?? ended.failure;
  }

  it('does not exist before the commit, and is done after it', async () => {
    const manager = await begin();
    await manager.query("INSERT INTO written VALUES ('a')");
    const job = await harness.producer.add({ text: 'a' }, { manager });
    expect(await harness.jobs.get(job.queue, job.id)).toBeUndefined();

    await manager.end('COMMIT');
    expect(await outcome(job)).toEqual({ text: 'a' });
    expect(await written()).toEqual(['a']);
  });

  it('is started within tens of milliseconds of the commit', async () => {
    const latencies: number[] = [];
    for (const text of Array.from({ length: 20 }, (_, index) => `fast ${index}`)) {
      const manager = await begin();
      const job = await harness.producer.add({ text }, { manager });
      const committing = performance.now();
      await manager.end('COMMIT');
      await outcome(job);
      latencies.push((startedAt.get(text) ?? Infinity) - committing);
    }
    latencies.sort((a, b) => a - b);
    // The bound allows for a machine busy with other tests.
    expect(latencies[10]).toBeLessThan(500);
  });

  it('never exists after a rollback, nor does any event of it', async () => {
    const manager = await begin();
    await harness.producer.add({ text: 'a' }, { manager });
    await harness.producer.addBulk([{ data: { text: 'b' } }, { data: { text: 'c' } }], { manager });
    await manager.end('ROLLBACK');
    expect(await jobs()).toEqual([]);
    expect(await events()).toEqual([]);
  });

  it('makes no other transaction wait, even if both are the first of their queue', async () => {
    const [first, second, third] = [await begin(), await begin(), await begin()];
    const a = await harness.producer.add({ text: 'a' }, { manager: first });
    const b = await harness.producer.add({ text: 'b' }, { manager: second });
    await harness.producer.add({ text: 'c' }, { manager: third });
    const plain = await harness.producer.add({ text: 'd' });
    expect(await outcome(plain)).toEqual({ text: 'd' });

    await third.end('ROLLBACK');
    await second.end('COMMIT');
    expect(await outcome(b)).toEqual({ text: 'b' });
    await first.end('COMMIT');
    expect(await outcome(a)).toEqual({ text: 'a' });
    expect(await jobs()).toEqual(['a', 'b', 'd']);
  });

  it('that fails leaves the transaction usable', async () => {
    const manager = await begin();
    await manager.query("INSERT INTO written VALUES ('before')");
    await manager.query('ALTER TABLE bullmq.job RENAME TO gone');
    await expect(harness.producer.add({ text: 'a' }, { manager })).rejects.toThrow(
      '"job" does not exist',
    );
    await manager.query('ALTER TABLE bullmq.gone RENAME TO job');
    await manager.query("INSERT INTO written VALUES ('after')");
    await harness.producer.add({ text: 'b' }, { manager });
    await manager.end('COMMIT');
    expect(await written()).toEqual(['after', 'before']);
    expect(await jobs()).toEqual(['b']);
  });

  it('does not disturb what else is done in the transaction at the same moment', async () => {
    const manager = await begin();
    const texts = ['a', 'b\0', 'c', 'd\0', 'e'];
    const added = await Promise.allSettled(
      texts.map((text) => harness.producer.add({ text }, { manager })),
    );
    expect(added.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    await Promise.all([
      harness.producer.add({ text: 'f' }, { manager }),
      manager.query("INSERT INTO written VALUES ('f')"),
      harness.producer.add({ text: 'g' }, { manager }),
    ]);
    await manager.end('COMMIT');
    expect(await jobs()).toEqual(['a', 'c', 'e', 'f', 'g']);
    expect(await written()).toEqual(['f']);
  });

  it('leaves the search path of the transaction as it was', async () => {
    const manager = await begin();
    await manager.query('SET search_path TO "$user", pg_temp, public');
    const path = async () => (await manager.query('SHOW search_path')).rows[0];
    const before = await path();
    await harness.producer.add({ text: 'a' }, { manager });
    expect(await path()).toEqual(before);
    await expect(harness.producer.add({ text: '\0' }, { manager })).rejects.toThrow();
    expect(await path()).toEqual(before);
    await manager.query('COMMIT');
    expect(await path()).toEqual(before);
    await manager.end('ROLLBACK');
  });

  it("is added by functions of BullMQ that bring the search path of BullMQ's tables", async () => {
    const { rows: functions } = await admin.query(
      `SELECT proname AS name, proconfig AS settings FROM pg_proc
        WHERE pronamespace = 'bullmq'::regnamespace AND proname = ANY($1) ORDER BY proname`,
      [ADDING_FUNCTIONS],
    );
    const settings = ['search_path=bullmq'];
    expect(functions).toEqual([...ADDING_FUNCTIONS].sort().map((name) => ({ name, settings })));
  });

  it('is removed with the savepoint that it was added after, and only then', async () => {
    const manager = await begin();
    await harness.producer.add({ text: 'outer' }, { manager });
    await manager.query('SAVEPOINT inner_one');
    await harness.producer.add({ text: 'undone' }, { manager });
    await manager.query('ROLLBACK TO SAVEPOINT inner_one');
    await manager.query('SAVEPOINT inner_two');
    await harness.producer.add({ text: 'kept' }, { manager });
    await manager.query('RELEASE SAVEPOINT inner_two');
    await manager.end('COMMIT');
    expect(await jobs()).toEqual(['kept', 'outer']);
  });

  it('may have every option that a job can have', async () => {
    const { producer } = harness;
    const manager = await begin();
    const delayed = await producer.add({ text: 'delayed' }, { manager, ...LATER, priority: 7 });
    const deduplication = { id: 'once' };
    const one = await producer.add({ text: 'one' }, { manager, deduplication, ...LATER });
    const two = await producer.add({ text: 'two' }, { manager, deduplication, ...LATER });
    expect(two).toEqual({ ...one, deduplicated: true });
    const named = await producer.add({ text: 'named' }, { manager, jobId: "it's", ...LATER });
    expect(named.id).toBe("it's");
    const bulk = await producer.addBulk(
      [
        { data: { text: 'bulk 1' }, options: LATER },
        { data: { text: 'bulk 2' }, options: { ...LATER, deduplication } },
      ],
      { manager },
    );
    expect(bulk[1]).toEqual(two);
    await manager.end('COMMIT');
    expect(await jobs()).toEqual(['bulk 1', 'delayed', 'named', 'one']);
    expect(await harness.jobs.get('note', delayed.id)).toMatchObject({ state: 'delayed' });
    expect(await rows(`SELECT priority FROM bullmq.job WHERE data ->> 'text' = 'delayed'`)).toEqual(
      [7],
    );
    expect(await rows(`SELECT opts FROM bullmq.job WHERE opts ? 'manager'`)).toEqual([]);
  });

  it('keeps its data as it is', async () => {
    const text = `it's \\ "quoted" $1 $& -- no comment\n'); DROP TABLE written; -- 🎉`;
    const manager = await begin();
    const job = await harness.producer.add({ text }, { manager });
    const [bulk] = await harness.producer.addBulk([{ data: { text } }], { manager });
    await manager.end('COMMIT');
    expect(await outcome(job)).toEqual({ text });
    expect(await outcome(bulk as JobReference)).toEqual({ text });
    expect(await written()).toEqual([]);
  });

  it('is refused without a transaction, and not added outside of one instead', async () => {
    const manager = await begin();
    const { client } = manager;
    for (const none of [
      {},
      { queryRunner: { ...manager.queryRunner, isTransactionActive: false } },
    ]) {
      await expect(harness.producer.add({ text: 'a' }, { manager: none })).rejects.toThrow(
        TransactionRequiredError,
      );
    }
    // The manager assumes a transaction that has ended.
    await client.query('COMMIT');
    await expect(harness.producer.add({ text: 'a' }, { manager })).rejects.toThrow(
      TransactionRequiredError,
    );
    expect(await jobs()).toEqual([]);
    await manager.end('ROLLBACK');
  });

  it('is refused in a transaction of another database', async () => {
    const other = await createQueueDatabase();
    const manager = await begin(other.url);
    await expect(harness.producer.add({ text: 'a' }, { manager })).rejects.toThrow(
      OtherDatabaseError,
    );
    const { rows: there } = await manager.query('SELECT id FROM bullmq.job');
    expect(there).toEqual([]);
    await manager.end('COMMIT');
    expect(await jobs()).toEqual([]);
    await other.drop();
  });
});
