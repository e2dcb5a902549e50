import pg from 'pg';
import { type TestDatabase, until } from '@libs/testing';
import {
  JobCompletionError,
  type JobCompletion,
  JobProcessor,
  type TransactionalJobContext,
  TransactionalJobHost,
} from '../consumer';
import { LIBRARIES, type OpenLibrary } from '../producer/testing/transaction-libraries';
import { createQueueDatabase } from '../store/testing/queue-database';
import { type QueueHarness, startProcessor } from '../testing/queue-harness';
import { runHandler } from '../testing/run-handler';
import { commitJob } from './testing/commit.contract';

type Context = TransactionalJobContext<typeof commitJob>;

let handler: (context: Context) => Promise<JobCompletion<typeof commitJob>>;

@JobProcessor(commitJob, { lockDuration: 1_000, stalledInterval: 500 })
class CommitProcessor extends TransactionalJobHost<typeof commitJob> {
  handleAndComplete(context: Context) {
    return handler(context);
  }
}

describe.each(Object.entries(LIBRARIES))("a job's end in a transaction of %s", (name, open) => {
  let database: TestDatabase;
  let harness: QueueHarness<typeof commitJob>;
  let library: OpenLibrary;
  let admin: pg.Client;

  beforeAll(async () => {
    database = await createQueueDatabase();
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query('CREATE TABLE written (text text)');
    library = open(database.url);
    harness = await startProcessor(CommitProcessor, { url: database.url });
  });

  afterAll(async () => {
    await harness.close();
    await Promise.all([library.close(), admin.end()]);
    await database.drop();
  });

  async function written(row: string): Promise<number | null> {
    return (await admin.query('SELECT FROM written WHERE text = $1', [row])).rowCount;
  }

  /** Writes the row and completes the job, in one transaction. */
  const commit = ({ data: { row }, complete }: Context) =>
    library.transaction(async ({ manager, write }) => {
      await write(row);
      return complete(manager, { row });
    });

  function problemOf(error: unknown): string {
    return error instanceof JobCompletionError ? error.problem : String(error);
  }

  it('is one commit with its row', async () => {
    handler = commit;
    const ended = await harness.run({ row: 'once', what: '' });
    expect(ended).toMatchObject({
      state: 'completed',
      attempts: { made: 1 },
      result: { row: 'once' },
    });
    expect(await written('once')).toBe(1);
  });

  it('is rolled back with its row, and committed by another transaction of the same attempt', async () => {
    const reported: string[] = [];
    handler = async (context) => {
      const rolledBack = library.transaction(async ({ manager, write }) => {
        await write(context.data.row);
        await context.complete(manager, { row: 'first' });
        // Its row is locked.
        await context.progress(10).catch((error: unknown) => reported.push(problemOf(error)));
        throw new Error('a conflict');
      });
      await rolledBack.catch((error: unknown) => reported.push(problemOf(error)));
      // On the same connection, in a pool.
      await library.transaction(() => context.progress(50));
      return commit(context);
    };
    const ended = await harness.run({ row: 'again', what: '' });
    expect(reported).toEqual(['completed', 'Error: a conflict']);
    expect(ended).toMatchObject({
      state: 'completed',
      attempts: { made: 1 },
      result: { row: 'again' },
    });
    expect(await written('again')).toBe(1);
  });

  it('keeps its lock after a rollback', async () => {
    handler = async (context) => {
      const rolledBack = library.transaction(async ({ manager }) => {
        await context.complete(manager, { row: 'first' });
        throw new Error('a conflict');
      });
      await rolledBack.catch(() => undefined);
      const lock = async () => {
        const { rows } = await admin.query<{ until: string }>(
          'SELECT locked_until_ms AS until FROM bullmq.job WHERE id = $1',
          [context.job.id],
        );
        return Number(rows[0]?.until);
      };
      const before = await lock();
      await until(async () => (await lock()) > before);
      return commit(context);
    };
    const ended = await harness.run({ row: 'renewed', what: '' });
    expect(ended).toMatchObject({ state: 'completed', attempts: { made: 1 } });
  });

  it('is refused outside of a transaction, twice, and in two transactions', async () => {
    const problems: string[] = [];
    const noting = (completing: Promise<JobCompletion<typeof commitJob>>) =>
      completing.catch((error: unknown) => {
        problems.push(problemOf(error));
        throw error;
      });
    const twice = (context: Context, again: () => Promise<JobCompletion<typeof commitJob>>) =>
      library.transaction(async ({ manager }) => {
        const completion = await context.complete(manager, { row: 'first' });
        await again();
        return completion;
      });
    handler = (context) => {
      const { attempt, complete } = context;
      const second = () =>
        library.transaction(({ manager }) => noting(complete(manager, { row: 'second' })));
      if (attempt === 1) return noting(complete(library.outside, { row: 'first' }));
      return attempt === 2 ? twice(context, second) : commit(context);
    };
    const ended = await harness.run({ row: 'refused', what: '' });
    expect(problems).toEqual(['no transaction', 'twice']);
    expect(ended).toMatchObject({
      state: 'completed',
      attempts: { made: 3 },
      result: { row: 'refused' },
    });
  });

  it('needs no queue in a test of the handler', async () => {
    handler = commit;
    const result = await runHandler(new CommitProcessor(), { row: 'alone', what: '' });
    expect(result).toMatchObject({ result: { row: 'alone' } });
    expect(await written('alone')).toBe(1);
  });

  // Waits until the lock expires. With a client of `pg`, transactional-job-host.spec.ts has it.
  if (name !== 'Drizzle') return;
  it('is not committed after a lost lock, also if the handler takes no notice', async () => {
    const problems: string[] = [];
    handler = async (context) => {
      if (problems.length > 0) return commit(context);
      const lose = `UPDATE bullmq.job SET lock_token = '1' WHERE queue = 'commit' AND id = $1`;
      await admin.query(lose, [context.job.id]);
      // The error is swallowed, and COMMIT is sent.
      const committed = library.transaction(async ({ manager, write }) => {
        await write('stolen');
        const completing = context.complete(manager, { row: 'stolen' });
        await completing.catch((error: unknown) => problems.push(problemOf(error)));
      });
      await committed.catch(() => undefined);
      throw new Error('lost');
    };
    const ended = await harness.run({ row: 'found', what: '' });
    expect(problems).toEqual(['lost']);
    expect(await written('stolen')).toBe(0);
    expect(ended).toMatchObject({ state: 'completed', result: { row: 'found' } });
  });
});
