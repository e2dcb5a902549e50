// What teams write whose tables are behind Prisma, Drizzle, Knex, TypeORM, Kysely or pg: rows and jobs in one transaction.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import { sql as drizzleSql } from 'drizzle-orm';
import { pgTable, text } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/postgres-js';
import { Kysely, PostgresDialect, sql } from 'kysely';
import {
  defineJob,
  fromDrizzle,
  fromPrisma,
  fromQuery,
  getJobProducerToken,
  type JobProducer,
  type JobReference,
  JobsReader,
  migrateOutbox,
  migrateQueueStore,
  QueueModule,
} from 'nest-job-queue';
import {
  type JobCompletion,
  JobProcessor,
  QueueWorkerModule,
  type TransactionalJobContext,
  TransactionalJobHost,
} from 'nest-job-queue/consumer';
import { QueueModule as QueueTestModule } from 'nest-job-queue/testing';
import pg from 'pg';
import postgres from 'postgres';
import { DataSource } from 'typeorm';
import * as z from 'zod';
import { PrismaClient } from './generated/client';
import { type Library, LIBRARIES, type OpenLibrary } from './transaction-libraries.cjs';

const [url = '', redisUrl = ''] = [process.env['TABLES_URL'], process.env['REDIS_URL']];

const written = pgTable('written', { text: text() });

const OTHERS: Readonly<Record<string, Library>> = {
  Prisma: (connectionString) => {
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
    return {
      transaction: (run) =>
        prisma.$transaction((tx) =>
          run({
            manager: fromPrisma(tx),
            write: (row) => tx.written.create({ data: { text: row } }),
            run: (statement) => tx.$executeRawUnsafe(statement),
          }),
        ),
      // @ts-expect-error Its statements are in no transaction.
      outside: fromPrisma(prisma),
      close: () => prisma.$disconnect(),
    };
  },
  TypeORM: (connectionString) => {
    const source = new DataSource({ type: 'postgres', url: connectionString });
    const opening = source.initialize();
    return {
      transaction: async (run) => {
        await opening;
        return source.transaction((manager) =>
          run({
            manager,
            write: (row) => manager.query('INSERT INTO written (text) VALUES ($1)', [row]),
            run: (statement) => manager.query(statement),
          }),
        );
      },
      outside: source.manager,
      close: () => source.destroy(),
    };
  },
  'Drizzle on postgres.js': (connectionString) => {
    const client = postgres(connectionString, { max: 2, onnotice: () => undefined });
    const db = drizzle(client);
    return {
      transaction: (run) =>
        db.transaction((tx) =>
          run({
            manager: fromDrizzle(tx),
            write: (row) => tx.insert(written).values({ text: row }),
            run: (statement) => tx.execute(drizzleSql.raw(statement)),
          }),
        ),
      // @ts-expect-error Nor are those of a database.
      outside: fromDrizzle(db),
      close: () => client.end(),
    };
  },
  Kysely: (connectionString) => {
    const pool = new pg.Pool({ connectionString, max: 2 });
    const db = new Kysely<{ written: { text: string } }>({
      dialect: new PostgresDialect({ pool }),
    });
    const manager = (trx: typeof db) =>
      fromQuery(trx, async (statement) => (await sql.raw<object>(statement).execute(trx)).rows);
    return {
      transaction: (run) =>
        db.transaction().execute((trx) =>
          run({
            manager: manager(trx),
            write: (row) => trx.insertInto('written').values({ text: row }).execute(),
            run: (statement) => sql.raw(statement).execute(trx),
          }),
        ),
      outside: manager(db),
      close: () => db.destroy(),
    };
  },
};

const noteJob = defineJob({ name: 'note', data: z.object({ text: z.string() }) });
const threadJob = defineJob({ name: 'thread', data: z.object({}), children: { notes: noteJob } });
const commitJob = defineJob({ name: 'commit', data: z.object({ row: z.string() }) });

/** Not run by then. */
const LATER = { delay: 3_600_000 };

type Context = TransactionalJobContext<typeof commitJob>;
let handler: (context: Context) => Promise<JobCompletion<typeof commitJob>>;

@JobProcessor(commitJob)
class CommitProcessor extends TransactionalJobHost<typeof commitJob> {
  handleAndComplete(context: Context) {
    return handler(context);
  }
}

const forFeature = QueueModule.forFeature(noteJob, threadJob, commitJob);

@Module({
  imports: [
    QueueModule.forRoot({ url, outbox: { url } }),
    forFeature,
    QueueWorkerModule.forProcessors([CommitProcessor]),
  ],
})
class PostgresModule {}

@Module({ imports: [QueueModule.forRoot({ url: redisUrl, outbox: { url } }), forFeature] })
class RedisModule {}

const PLACES = [
  { place: 'on Postgres', module: PostgresModule, schema: 'bullmq' },
  { place: 'through the outbox to Redis', module: RedisModule, schema: 'queue_outbox' },
];

before(async () => {
  await migrateQueueStore(url);
  await migrateOutbox(url);
  await query('CREATE TABLE IF NOT EXISTS written (id serial PRIMARY KEY, text text)');
});

async function query(statement: string, values: unknown[] = []): Promise<number | null> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement, values)).rowCount;
  } finally {
    await client.end();
  }
}

const isWritten = async (row: string) =>
  (await query('SELECT FROM written WHERE text = $1', [row])) === 1;

for (const { place, module, schema } of PLACES) {
  describe(place, () => {
    let app: INestApplicationContext;
    let notes: JobProducer<typeof noteJob>;

    before(async () => {
      app = await NestFactory.createApplicationContext(module, { logger: ['error', 'warn'] });
      notes = app.get(getJobProducerToken(noteJob), { strict: false });
    });
    after(() => app.close());

    const find = ({ queue, id }: JobReference) => app.get(JobsReader).get(queue, id);
    const isThere = async (job: JobReference) => (await find(job)) !== undefined;

    for (const [name, open] of Object.entries({ ...LIBRARIES, ...OTHERS })) {
      describe(name, () => {
        let library: OpenLibrary;
        before(() => {
          library = open(url);
        });
        after(() => library.close());
        const named = (what: string) => `${place}, ${name}: ${what}`;

        it('commits a row with its jobs', async () => {
          const row = named(`it's one\n "commit" ? \\? $1 :a 🎉`);
          const threads: JobProducer<typeof threadJob> = app.get(getJobProducerToken(threadJob), {
            strict: false,
          });
          const jobs = await library.transaction(async ({ manager, write }) => {
            await write(row);
            const child = { data: { text: row }, options: LATER };
            return [
              await notes.add({ text: row }, { manager, ...LATER }),
              ...(await notes.addBulk([child, child], { manager })),
              await threads.add({}, { manager, children: { notes: [child] } }),
            ];
          });
          assert.deepEqual(await Promise.all(jobs.map(isThere)), [true, true, true, true]);
          assert.equal(await isWritten(row), true);
        });

        it('rolls back a row with its job', async () => {
          const row = named('rolled back');
          let job: JobReference | undefined;
          const rolledBack = library.transaction(async ({ manager, write }) => {
            await write(row);
            job = await notes.add({ text: row }, { manager });
            throw new Error('no');
          });
          await assert.rejects(rolledBack, /^Error: no$/);
          assert.ok(job !== undefined && !(await isThere(job)));
          assert.equal(await isWritten(row), false);
        });

        it('goes on after an add that has failed, with every row that was written meanwhile', async () => {
          const kept: string[] = [];
          const last = named('after');
          const job = await library.transaction(async ({ manager, write, run }) => {
            await run(`ALTER TABLE ${schema}.job RENAME TO gone`);
            let isAdding = true;
            const adding = notes.add({ text: 'refused' }, { manager }).finally(() => {
              isAdding = false;
            });
            const writeOn = async () => {
              while (isAdding) {
                const row = named(`meanwhile ${kept.length}`);
                await write(row);
                kept.push(row);
              }
            };
            const [added] = await Promise.allSettled([adding, writeOn()]);
            assert.equal((added as { reason?: { code?: string } }).reason?.code, '42P01');
            await run(`ALTER TABLE ${schema}.gone RENAME TO job`);
            await write(last);
            return notes.add({ text: last }, { manager, ...LATER });
          });
          assert.equal(await isThere(job), true);
          assert.notEqual(kept.length, 0);
          for (const row of [...kept, last]) assert.equal(await isWritten(row), true, row);
        });

        it('is refused without a transaction, and after its end', async () => {
          const { manager } = await library.transaction((it) => Promise.resolve(it));
          const required = { code: 'TRANSACTION_REQUIRED' };
          // Kysely refuses by itself.
          const ended = name === 'Kysely' ? /already committed/ : required;
          for (const [none, error] of [
            [manager, ended],
            [library.outside, required],
          ] as const) {
            const jobId = `lost ${name}`;
            const adding = notes.add({ text: 'lost' }, { manager: none, jobId });
            await assert.rejects(adding, error);
            assert.equal(await isThere({ queue: 'note', id: jobId }), false);
          }
        });

        // The end of a job in Redis can be part of no transaction.
        if (schema !== 'bullmq') return;
        it('completes a job with its row, also after a rollback', async () => {
          const row = named('completed');
          const commits: JobProducer<typeof commitJob> = app.get(getJobProducerToken(commitJob), {
            strict: false,
          });
          handler = async (context) => {
            const rolledBack = library.transaction(async ({ manager, write }) => {
              await write(row);
              await context.complete(manager);
              throw new Error('a conflict');
            });
            await assert.rejects(rolledBack, /^Error: a conflict$/);
            await context.progress(50);
            return library.transaction(async ({ manager, write }) => {
              await write(row);
              return context.complete(manager);
            });
          };
          const job = await commits.add({ row });
          const end = async (): Promise<string | undefined> => {
            const snapshot = await find(job);
            if (snapshot?.finishedAt !== undefined) return snapshot.state;
            await new Promise((resolve) => setTimeout(resolve, 20));
            return end();
          };
          assert.equal(await end(), 'completed');
          assert.equal(await isWritten(row), true);
        });
      });
    }
  });
}

describe('in a test without a store', () => {
  const jobs = QueueTestModule.forTesting();
  let module: INestApplicationContext;

  before(async () => {
    module = await Test.createTestingModule({ imports: [jobs] }).compile();
    await module.init();
  });
  after(() => module.close());

  for (const [name, open] of Object.entries({ ...LIBRARIES, ...OTHERS })) {
    it(`${name}: a job counts after the commit, and never after a rollback`, async () => {
      const library = open(url);
      const add = (text: string, end: () => void) =>
        library.transaction(async ({ manager }) => {
          await jobs.add(noteJob, { text }, { manager });
          end();
        });
      jobs.clear();
      const undone = add('undone', () => {
        throw new Error('no');
      });
      // The end of a transaction of another driver than pg cannot be seen.
      const isSeen = name !== 'Drizzle on postgres.js';
      await assert.rejects(undone, isSeen ? /^Error: no$/ : { code: 'STORE_REQUIRED' });
      if (isSeen) await add('kept', () => undefined);
      const added = jobs.added(noteJob).map(({ data }) => data.text);
      assert.deepEqual(added, isSeen ? ['kept'] : []);
      await library.close();
    });
  }
});
