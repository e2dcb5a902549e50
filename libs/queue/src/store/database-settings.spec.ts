import { Test, type TestingModule } from '@nestjs/testing';
import pg from 'pg';
import * as z from 'zod';
import { createTestDatabase, type TestDatabase, until } from '@libs/testing';
import { JobHost, JobProcessor } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { QueueWorkerModule } from '../module/queue-worker.module';
import { migrateOutbox } from '../outbox/migrate-outbox';
import { Transaction } from '../outbox/testing/transaction';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { migrateQueueStore } from './migrate-queue-store';
import { openQueueStore } from './open-queue-store';
import { reachStore } from './reach-store';
import { createQueueDatabase } from './testing/queue-database';

const JOBS = 200;
const ROLE = `settings_${process.pid}`;
const ISOLATIONS = ['repeatable read', 'serializable'];

const countJob = defineJob({ name: 'count', data: z.object({ value: z.number() }) });

@JobProcessor(countJob, { concurrency: 20 })
class CountProcessor extends JobHost<typeof countJob> {
  handle(): Promise<void> {
    return Promise.resolve();
  }
}

describe('a database that is set up otherwise', () => {
  let database: TestDatabase;
  let admin: pg.Client;
  /** That of a role which owns nothing. */
  let roleUrl: string;
  let errors: string[];

  beforeAll(async () => {
    database = await createQueueDatabase();
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'secret'`);
    roleUrl = urlOfRole(database.url);
  });

  beforeEach(async () => {
    errors = [];
    await admin.query('DELETE FROM bullmq.job');
  });

  afterEach(() => admin.query(`ALTER DATABASE "${database.name}" RESET ALL`));

  afterAll(async () => {
    await admin.query(`DROP OWNED BY ${ROLE} CASCADE`);
    await admin.query(`DROP ROLE ${ROLE}`);
    await admin.end();
    await database.drop();
  });

  it.each(ISOLATIONS)(
    'runs each job of two workers, and reports no error, if transactions are %s',
    async (isolation) => {
      await set('default_transaction_isolation', isolation);
      const workers = await Promise.all([startWorker(database.url), startWorker(database.url)]);
      const values = Array.from({ length: JOBS }, (_, value) => ({ data: { value } }));
      await producerOf(workers[0]).addBulk(values);
      await untilCompleted(JOBS);
      await Promise.all(workers.map((worker) => worker.close()));
      expect(errors).toEqual([]);
    },
    60_000,
  );

  it.each(ISOLATIONS)('takes jobs in a transaction that is %s', async (isolation) => {
    await set('default_transaction_isolation', isolation);
    const worker = await startWorker(database.url);
    const transactions = await Promise.all([1, 2, 3].map(() => Transaction.begin(database.url)));
    await Promise.all(
      transactions.map((manager) => producerOf(worker).add({ value: 1 }, { manager })),
    );
    expect((await transactions[0]?.query('SHOW transaction_isolation'))?.rows).toEqual([
      { transaction_isolation: isolation },
    ]);
    await Promise.all(transactions.map((transaction) => transaction.end('COMMIT')));
    await untilCompleted(3);
    await worker.close();
    expect(errors).toEqual([]);
  });

  it.each(ISOLATIONS)('is migrated by two processes at once if it is %s', async (isolation) => {
    const fresh = await createTestDatabase();
    await set('default_transaction_isolation', isolation, fresh.name);
    const migrate = async () => {
      const { to } = await migrateQueueStore(fresh.url);
      await migrateOutbox(fresh.url);
      return to;
    };
    const [one, two] = await Promise.all([migrate(), migrate()]);
    expect(one).toBe(two);
    await fresh.drop();
  });

  it('says what to grant to a role without rights, and works with that', async () => {
    await expect(reached(roleUrl)).rejects.toMatchObject({
      code: 'QUEUE_ACCESS',
      message: expect.stringContaining(
        `its role "${ROLE}" lacks rights that queues need. Run as the owner of the schema: GRANT USAGE, CREATE ON SCHEMA`,
      ) as string,
    });
    const granted = async (): Promise<string> => {
      const error: unknown = await reached(roleUrl).catch((reason: unknown) => reason);
      const [, grants = ''] = String(error).split('Run as the owner of the schema: ');
      return grants;
    };
    const grants = await granted();
    await admin.query(grants.replace('USAGE, CREATE ON SCHEMA', 'USAGE ON SCHEMA'));
    // What the account of a careful administrator has: no right to create anything.
    expect(await granted()).toBe(`GRANT USAGE, CREATE ON SCHEMA bullmq TO "${ROLE}";`);
    await admin.query(grants);
    const worker = await startWorker(roleUrl);
    await producerOf(worker).add({ value: 1 });
    await untilCompleted(1);
    await worker.close();
  });

  it('says what a role needs that may not create tables', async () => {
    const fresh = await createTestDatabase();
    const url = urlOfRole(fresh.url);
    const remedy = 'Grant its role this right (to create tables: CREATE on the database)';
    for (const migrate of [migrateQueueStore, migrateOutbox]) {
      await expect(migrate(url)).rejects.toMatchObject({
        code: 'QUEUE_ACCESS',
        message: expect.stringContaining(remedy) as string,
      });
    }
    await fresh.drop();
  });

  it('finds its tables, and those of the application, whatever search_path its role has', async () => {
    await admin.query(`CREATE SCHEMA shop AUTHORIZATION ${ROLE}`);
    await admin.query(`CREATE TABLE shop."order" (id int); GRANT ALL ON shop."order" TO ${ROLE}`);
    await admin.query(`ALTER ROLE ${ROLE} SET search_path TO shop, nowhere`);
    const worker = await startWorker(roleUrl);
    const manager = await Transaction.begin(roleUrl);
    await producerOf(worker).add({ value: 1 }, { manager });
    await manager.query('INSERT INTO "order" VALUES (1)');
    await manager.end('COMMIT');
    await untilCompleted(1);
    await worker.close();
    expect((await admin.query('SELECT id FROM shop."order"')).rows).toEqual([{ id: 1 }]);
  });

  it('is refused if it takes no changes, as a read replica does not', async () => {
    await set('default_transaction_read_only', 'on');
    await expect(reached(database.url)).rejects.toMatchObject({
      code: 'QUEUE_REFUSING',
      message: expect.stringContaining('use the URL of its primary') as string,
    });
  });

  async function set(name: string, value: string, of = database.name): Promise<void> {
    await admin.query(`ALTER DATABASE "${of}" SET ${name} TO '${value}'`);
  }

  async function reached(url: string): Promise<void> {
    const store = await reachStore(await openQueueStore({ url }), { timeout: 0 });
    await store.close();
  }

  async function startWorker(url: string): Promise<TestingModule> {
    const worker = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({
          url,
          observers: [{ errorReported: ({ error }) => errors.push(error.message) }],
        }),
        QueueModule.forFeature(countJob),
        QueueWorkerModule.forProcessors([CountProcessor]),
      ],
    }).compile();
    worker.useLogger(false);
    return worker.init();
  }

  async function untilCompleted(count: number): Promise<void> {
    const query = 'SELECT state, count(*)::int AS count FROM bullmq.job GROUP BY 1';
    await until(async () => {
      const { rows } = await admin.query<{ state: string; count: number }>(query);
      return rows.length === 1 && rows[0]?.state === 'completed' && rows[0].count === count;
    });
  }
});

function producerOf(app: TestingModule): JobProducer<typeof countJob> {
  return app.get(getJobProducerToken(countJob), { strict: false });
}

function urlOfRole(url: string): string {
  const { href } = Object.assign(new URL(url), { username: ROLE, password: 'secret' });
  return href;
}
