import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { OnWorkerEvent } from '@nestjs/bullmq';
import { Test } from '@nestjs/testing';
import type { Job } from 'bullmq';
import { type TestDatabase, until } from '@libs/testing';
import {
  JobCompletionError,
  type JobCompletion,
  JobProcessor,
  type TransactionalJobContext,
  TransactionalJobHost,
  TransactionalProcessorError,
} from '../consumer';
import { compilePrograms } from '../isolation/testing/compile-program';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import type { JobSnapshot } from '../queues/job-snapshot';
import { openQueueStore } from '../store/open-queue-store';
import { QueueStore } from '../store/queue-store';
import { createQueueDatabase } from '../store/testing/queue-database';
import { createTestStore, describeOnRedis } from '../store/testing/each-store';
import { type QueueHarness, startProcessor } from '../testing/queue-harness';
import { runHandler } from '../testing/run-handler';
import type { TransactionManager } from '../connection/transaction-manager';
import { commitJob } from './testing/commit.contract';
import { type Manager, Transactions } from './testing/transactions';

type Context = TransactionalJobContext<typeof commitJob>;
type Handler = (context: Context) => Promise<JobCompletion<typeof commitJob>>;

/** How attempts have ended, as observers of the worker see it: `completed <what>`. */
const ends: string[] = [];

/** What the handler does, by the `what` of its job. */
const handlers = new Map<string, Handler>();

@JobProcessor(commitJob, { concurrency: 3, lockDuration: 1_000, stalledInterval: 500 })
class CommitProcessor extends TransactionalJobHost<typeof commitJob> {
  handleAndComplete(context: Context) {
    const handler = handlers.get(context.data.what);
    if (handler === undefined) throw new Error(`No handler for "${context.data.what}".`);
    return handler(context);
  }

  @OnWorkerEvent('completed')
  onCompleted({ data }: Job<{ what: string }>) {
    ends.push(`completed ${data.what}`);
  }

  @OnWorkerEvent('failed')
  onFailed({ data }: Job<{ what: string }>) {
    ends.push(`failed ${data.what}`);
  }
}

let database: TestDatabase;
let source: Transactions;
let harness: QueueHarness<typeof commitJob>;

beforeAll(async () => {
  database = await createQueueDatabase();
  source = new Transactions(database.url);
  // Without a key, so that a second effect shows.
  await source.query('CREATE TABLE written (row text)');
  harness = await startProcessor(CommitProcessor, { url: database.url });
});

afterAll(async () => {
  await harness.close();
  await source.close();
  await database.drop();
});

function write(manager: Manager, row: string): Promise<unknown> {
  return manager.query('INSERT INTO written (row) VALUES ($1)', [row]);
}

async function written(row: string): Promise<number> {
  const [found] = await source.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM written WHERE row = $1',
    [row],
  );
  return found?.count ?? 0;
}

/** Runs a job to its end. Its row is its `what`. */
function run(what: string, handler: Handler): Promise<JobSnapshot> {
  handlers.set(what, handler);
  return harness.run({ row: what, what });
}

/** Writes the row and completes the job, in one transaction. */
const commit: Handler = ({ data: { row }, complete }) =>
  source.transaction(async (manager) => {
    await write(manager, row);
    return complete(manager, { row });
  });

function problemOf(error: unknown): string {
  return error instanceof JobCompletionError ? error.problem : String(error);
}

/** The problems of the attempts that have failed, in order. */
function noting(problems: string[], handler: Handler): Handler {
  return async (context) => {
    try {
      return await handler(context);
    } catch (error) {
      problems.push(problemOf(error));
      throw error;
    }
  };
}

describe("what a handler writes and its job's end", () => {
  it('are one commit: neither is there before it, and both are after it', async () => {
    const before: unknown[] = [];
    const ended = await run('one commit', ({ data: { row }, job, complete }) =>
      source.transaction(async (manager) => {
        await write(manager, row);
        const completion = await complete(manager, { row });
        before.push(await written(row), (await harness.jobs.get('commit', job.id ?? ''))?.state);
        return completion;
      }),
    );
    expect(before).toEqual([0, 'active']);
    expect(ended).toMatchObject({
      state: 'completed',
      result: { row: 'one commit' },
      attempts: { made: 1 },
    });
    expect(await written('one commit')).toBe(1);
  });

  it('are rolled back together, and the next attempt does both', async () => {
    const ended = await run('rolled back', async (context) => {
      if (context.attempt > 1) return commit(context);
      return source.transaction(async (manager) => {
        await write(manager, context.data.row);
        await context.complete(manager, { row: '' });
        throw new Error('no');
      });
    });
    expect(ended).toMatchObject({
      state: 'completed',
      attempts: { made: 2 },
      result: { row: 'rolled back' },
    });
    expect(await written('rolled back')).toBe(1);
  });

  it('may be tried again in another transaction of the same attempt', async () => {
    const ended = await run('tried again', async (context) => {
      await source
        .transaction(async (manager) => {
          await write(manager, context.data.row);
          await context.complete(manager, { row: 'first' });
          throw new Error('a conflict');
        })
        .catch(() => undefined);
      await context.progress(50);
      return commit(context);
    });
    expect(ended).toMatchObject({
      state: 'completed',
      attempts: { made: 1 },
      result: { row: 'tried again' },
    });
    expect(await written('tried again')).toBe(1);
  });

  it('are there although the answer to the commit was lost: the job is not run again', async () => {
    const ended = await run('answer lost', async (context) => {
      await commit(context);
      throw new Error('Connection terminated unexpectedly');
    });
    expect(ended).toMatchObject({
      state: 'completed',
      attempts: { made: 1 },
      result: { row: 'answer lost' },
    });
    expect(await written('answer lost')).toBe(1);
  });

  it.each(['COMMIT', 'ROLLBACK'] as const)(
    'are waited for if the handler returns before its %s',
    async (how) => {
      const what = `returns before ${how}`;
      let later: Promise<void> | undefined;
      const ended = await run(what, async (context) => {
        if (context.attempt > 1) return commit(context);
        const manager = await source.begin();
        await write(manager, context.data.row);
        const completion = await context.complete(manager, { row: what });
        // By then the handler has returned.
        later = new Promise((resolve) => setImmediate(resolve)).then(() => manager.end(how));
        return completion;
      });
      await later;
      const failed = how === 'COMMIT' ? [] : [`failed ${what}`];
      const isOf = (end: string) => end.endsWith(` ${what}`);
      // The event reader may be faster than the worker.
      await until(() => ends.filter(isOf).length > failed.length);
      expect(ends.filter(isOf)).toEqual([...failed, `completed ${what}`]);
      expect(ended).toMatchObject({
        state: 'completed',
        attempts: { made: how === 'COMMIT' ? 1 : 2 },
      });
      expect(await written(what)).toBe(1);
    },
  );
});

describe('a transaction that must not be committed', () => {
  it('is rolled back by a lost lock, also if the handler takes no notice', async () => {
    const problems: string[] = [];
    const ended = await run('lock lost', async (context) => {
      if (context.attempt > 1 || problems.length > 0) return commit(context);
      const token = '1';
      await source.query(
        `UPDATE bullmq.job SET lock_token = $1 WHERE queue = 'commit' AND id = $2`,
        [token, context.job.id],
      );
      const completions: JobCompletion<typeof commitJob>[] = [];
      // The error is swallowed, and COMMIT is sent.
      await source.transaction(async (manager) => {
        await write(manager, context.data.row);
        const completing = context.complete(manager, { row: 'stolen' });
        completions.push(...(await completing.then((done) => [done]).catch(() => [])));
      });
      problems.push(`completed ${completions.length}, written ${await written('lock lost')}`);
      throw new Error('lost');
    });
    expect(problems).toEqual(['completed 0, written 0']);
    // The other worker is none, so its lock expires.
    expect(ended).toMatchObject({ state: 'completed', result: { row: 'lock lost' } });
    expect(await written('lock lost')).toBe(1);
  });

  it('is one that completes the job twice, or beside another one', async () => {
    const problems: string[] = [];
    const twice = (context: Context, second: (manager: Manager) => Promise<unknown>) =>
      source.transaction(async (manager) => {
        await write(manager, context.data.row);
        const completion = await context.complete(manager, { row: 'first' });
        await second(manager);
        return completion;
      });
    const ended = await run(
      'twice',
      noting(problems, (context) => {
        const again = (manager: Manager) => context.complete(manager, { row: 'second' });
        if (context.attempt === 1) return twice(context, again);
        if (context.attempt === 2) return twice(context, () => source.transaction(again));
        return commit(context);
      }),
    );
    expect(problems).toEqual(['lost', 'twice']);
    expect(ended).toMatchObject({
      state: 'completed',
      attempts: { made: 3 },
      result: { row: 'twice' },
    });
    expect(await written('twice')).toBe(1);
  });

  it('is none, or one of another database', async () => {
    const problems: string[] = [];
    const other = await createQueueDatabase();
    const elsewhere = new Transactions(other.url);
    const ended = await run(
      'not here',
      noting(problems, ({ attempt, complete }) => {
        const here = (manager: TransactionManager) => complete(manager, { row: 'never' });
        return attempt === 1 ? here(source.manager) : elsewhere.transaction(here);
      }),
    );
    await elsewhere.close();
    await other.drop();
    expect(problems).toEqual(['no transaction', 'other database', 'other database']);
    expect(ended).toMatchObject({ state: 'failed' });
    expect(ended.failure).toContain('belongs to another database than the queue');
  });

  it('is one with a result that the contract refuses', async () => {
    const ended = await run('refused', ({ data: { row }, complete }) =>
      source.transaction(async (manager) => {
        await write(manager, row);
        return complete(manager, { row: 7 as never });
      }),
    );
    expect(ended).toMatchObject({ state: 'failed', attempts: { made: 1 } });
    expect(await written('refused')).toBe(0);
  });
});

describe('while a transaction with the end of a job is open', () => {
  it('the other jobs of its worker keep their locks, and it reports no progress', async () => {
    const problems: string[] = [];
    /** In milliseconds from now, of the jobs that do this. */
    const expiries: number[] = [];
    const locks = async (what: string) => {
      const rows = await source.query<{ until: string }>(
        `SELECT locked_until_ms AS until FROM bullmq.job WHERE data->>'what' = $1`,
        [what],
      );
      return rows.map((row) => Number(row.until) - Date.now());
    };
    const slow = (time: number) => new Promise((resolve) => setTimeout(resolve, time));
    handlers.set('holds', async (context) => {
      return source.transaction(async (manager) => {
        await write(manager, context.data.row);
        const completion = await context.complete(manager, { row: 'holds' });
        for (const report of [context.progress(1), context.log('done')]) {
          await report.catch((error: unknown) => problems.push(problemOf(error)));
        }
        // Longer than a lock.
        await slow(1_500);
        expiries.push(...(await locks('works')));
        return completion;
      });
    });
    handlers.set('works', async (context) => {
      await slow(2_000);
      return commit(context);
    });
    // The check for stalled jobs would wait for the row, and hold the others meanwhile.
    await source.query(
      `INSERT INTO bullmq.meta (queue, field, value) VALUES ('commit', 'stalled-check', $1)
       ON CONFLICT (queue, field) DO UPDATE SET value = EXCLUDED.value`,
      [String(Date.now() + 4_000)],
    );
    const all = await Promise.all(
      ['holds', 'works'].map((what) => harness.run({ row: what, what })),
    );
    expect(all).toMatchObject([
      { state: 'completed', attempts: { made: 1 } },
      { state: 'completed', attempts: { made: 1 } },
    ]);
    expect(problems).toEqual(['completed', 'completed']);
    expect(expiries).toEqual([expect.any(Number)]);
    expect(expiries[0]).toBeGreaterThan(0);
    expect([await written('holds'), await written('works')]).toEqual([1, 1]);
  });

  it('a cancel comes too late, and says so', async () => {
    let cancelling: Promise<unknown> | undefined;
    const ended = await run('cancelled', ({ data: { row }, job, complete }) =>
      source.transaction(async (manager) => {
        await write(manager, row);
        const completion = await complete(manager, { row });
        cancelling = harness.producer.cancel(job.id ?? '');
        return completion;
      }),
    );
    expect(ended.state).toBe('completed');
    expect(await cancelling).toBe('completed');
    expect(await written('cancelled')).toBe(1);
  });
});

describe('a worker that is killed', () => {
  let killed: TestDatabase;
  let own: Transactions;

  beforeEach(async () => {
    killed = await createQueueDatabase();
    own = new Transactions(killed.url);
    await own.query('CREATE TABLE written (row text)');
  });

  afterEach(async () => {
    await own.close();
    await killed.drop();
  });

  const jobs = () =>
    own.query<object>('SELECT state, attempts_started AS starts, return_value FROM bullmq.job');

  /** As an api does it. */
  async function add(what: string): Promise<void> {
    const api = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ url: killed.url }), QueueModule.forFeature(commitJob)],
    }).compile();
    await api.init();
    const producer = api.get<JobProducer<typeof commitJob>>(getJobProducerToken(commitJob));
    await producer.add({ row: what, what });
    await api.close();
  }

  it.each([
    { what: 'killed before the commit', left: 0, starts: 2 },
    { what: 'killed after the commit', left: 1, starts: 1 },
  ])(
    '$what leaves both or neither, and the effect happens once',
    async ({ what, left, starts }) => {
      await add(what);
      const programs = await compilePrograms('processor/testing/commit.worker');
      const child = spawn(process.execPath, [programs.path('commit.worker'), killed.url], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
      await programs.remove();
      expect(await own.query('SELECT row FROM written')).toHaveLength(left);

      handlers.set(what, ({ data: { row }, complete }) =>
        own.transaction(async (manager) => {
          await write(manager, row);
          return complete(manager, { row });
        }),
      );
      const next = await startProcessor(CommitProcessor, { url: killed.url });
      // Both checks for stalled jobs have found what there was.
      const last = await next.run({ row: 'last', what });
      expect(last.state).toBe('completed');
      await until(async () => !JSON.stringify(await jobs()).includes('active'));
      await until(async () => JSON.stringify(await jobs()).split('completed').length === 3);
      expect(await jobs()).toContainEqual({
        state: 'completed',
        starts,
        return_value: { row: what },
      });
      expect(await own.query('SELECT row FROM written ORDER BY row')).toEqual([
        { row: what },
        { row: 'last' },
      ]);
      await next.close();
    },
  );
});

describe('a processor that completes its jobs in its own transactions', () => {
  it('is tested without a queue like any other', async () => {
    handlers.set('by itself', ({ data: { row }, complete }) => complete({}, { row }));
    const { result } = await runHandler(new CommitProcessor(), { row: 'r', what: 'by itself' });
    expect(result).toEqual({ row: 'r' });
  });

  it('is not started isolated', async () => {
    @JobProcessor(commitJob, { isolation: 'thread' })
    class IsolatedProcessor extends CommitProcessor {}
    const starting = startProcessor(IsolatedProcessor, { url: database.url });
    await expect(starting).rejects.toThrow(
      'IsolatedProcessor extends TransactionalJobHost, and it is isolated.',
    );
  });
});

describeOnRedis('a processor that completes its jobs in its own transactions', () => {
  it('is not started for queues in a Redis', async () => {
    const redis = await createTestStore('redis');
    const { url } = redis;
    // Nest closes no application whose start has failed.
    const stores: QueueStore[] = [];
    const starting = startProcessor(CommitProcessor, {
      url,
      configure: (builder) => {
        const overridden = openQueueStore({ url });
        return builder.overrideProvider(QueueStore).useFactory({
          factory: async () => {
            stores.push(await overridden);
            return overridden;
          },
        });
      },
    });
    await expect(starting).rejects.toThrow(TransactionalProcessorError);
    await expect(starting).rejects.toThrow('is a Redis. Extend JobHost and use ProcessedJobs');
    await stores[0]?.close();
    await redis.drop();
  });
});
