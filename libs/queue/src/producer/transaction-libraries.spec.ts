import { getQueueToken } from '@nestjs/bullmq';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import pg from 'pg';
import * as z from 'zod';
import { createTestDatabase, type TestDatabase, until } from '@libs/testing';
import { OtherDatabaseError, TransactionRequiredError } from '../connection/transaction.errors';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { migrateOutbox } from '../outbox/migrate-outbox';
import { JobsReader } from '../reader/jobs-reader';
import { createTestStore, describeOnRedis, type TestStore } from '../store/testing/each-store';
import { createQueueDatabase } from '../store/testing/queue-database';
import { getJobProducerToken } from './inject-job.decorator';
import type { JobProducer, JobReference } from './job-producer';
import {
  LIBRARIES,
  type LibraryTransaction,
  type OpenLibrary,
} from './testing/transaction-libraries';

const noteJob = defineJob({ name: 'note', data: z.object({ text: z.string() }) });
const threadJob = defineJob({ name: 'thread', data: z.object({}), children: { notes: noteJob } });

/** No process of the tests runs them; a relay publishes them. */
const LATER = { delay: 3_600_000 };

describe('a transaction with the queues in its database, by', () => {
  transactionsOf(['bullmq', 'job'], async () => {
    const database = await createQueueDatabase();
    return { database, url: database.url, drop: () => database.drop() };
  });
});

describeOnRedis('a transaction with the queues in Redis, by', () => {
  transactionsOf(['queue_outbox', 'job'], async () => {
    const [database, store]: [TestDatabase, TestStore] = await Promise.all([
      createTestDatabase(),
      createTestStore('redis'),
    ]);
    await migrateOutbox(database.url);
    const drop = async () => {
      await Promise.all([database.drop(), store.drop()]);
    };
    return { database, url: store.url, drop };
  });
});

interface Place {
  readonly database: TestDatabase;
  /** Of the queues. */
  readonly url: string;
  drop(): Promise<void>;
}

/** @param table what jobs are written to */
function transactionsOf(
  [schema, table]: readonly [string, string],
  makePlace: () => Promise<Place>,
) {
  let place: Place;
  let app: INestApplicationContext;
  let notes: JobProducer<typeof noteJob>;
  let threads: JobProducer<typeof threadJob>;
  let admin: pg.Client;

  beforeAll(async () => {
    place = await makePlace();
    const { url, database } = place;
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url, outbox: { url: database.url }, poolMax: 3 }),
        QueueModule.forFeature(noteJob, threadJob),
      ],
    }).compile();
    await app.init();
    notes = app.get(getJobProducerToken(noteJob), { strict: false });
    threads = app.get(getJobProducerToken(threadJob), { strict: false });
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query('CREATE TABLE written (text text)');
  });

  afterAll(async () => {
    await Promise.all([app.close(), admin.end()]);
    await place.drop();
  });

  /** Also one that waits to be published. */
  async function isThere({ queue, id }: JobReference): Promise<boolean> {
    return (await app.get(JobsReader).get(queue, id)) !== undefined;
  }

  async function isWritten(text: string): Promise<boolean> {
    const { rowCount } = await admin.query('SELECT FROM written WHERE text = $1', [text]);
    return rowCount === 1;
  }

  describe.each(Object.entries(LIBRARIES))('%s', (name, open) => {
    let library: OpenLibrary;

    beforeEach(() => {
      library = open(place.database.url);
    });
    afterEach(() => library.close());

    /** An `add` that the database refuses. */
    async function failToAdd({ manager, run }: LibraryTransaction): Promise<unknown> {
      await run(`ALTER TABLE ${schema}.${table} RENAME TO gone`);
      const error: unknown = await notes
        .add({ text: 'refused' }, { manager })
        .catch((e: unknown) => e);
      await run(`ALTER TABLE ${schema}.gone RENAME TO ${table}`);
      return error;
    }

    it('commits a row with its job', async () => {
      const text = `${name}: it's \\"one\\" commit? $1 ?? \\? -- :a\n'); 🎉`;
      const [job, before] = await library.transaction(async ({ manager, write }) => {
        await write(text);
        const added = await notes.add({ text }, { manager, ...LATER });
        return [added, await isThere(added)] as const;
      });
      expect(before).toBe(false);
      expect([await isThere(job), await isWritten(text)]).toEqual([true, true]);
      const queue = app.get<Queue>(getQueueToken('note'), { strict: false });
      const stored = await until(() => queue.getJob(job.id));
      expect(stored.data).toEqual({ text });
    });

    it('rolls a row back with all of its jobs', async () => {
      const text = `${name}: rolled back`;
      const jobs: JobReference[] = [];
      const rolledBack = library.transaction(async ({ manager, write }) => {
        await write(text);
        jobs.push(
          await notes.add({ text }, { manager }),
          ...(await notes.addBulk([{ data: { text } }, { data: { text } }], { manager })),
          await threads.add({}, { manager, children: { notes: [{ data: { text } }] } }),
        );
        throw new Error('no');
      });
      await expect(rolledBack).rejects.toThrow('no');
      expect(jobs).toHaveLength(4);
      expect(await Promise.all(jobs.map(isThere))).toEqual([false, false, false, false]);
      expect(await isWritten(text)).toBe(false);
    });

    it('commits several jobs, one with an id, a duplicate, and a job with its children', async () => {
      const jobId = `${name} id`;
      const deduplication = { id: name };
      const [named, first, second, [bulk], thread] = await library.transaction(
        async ({ manager }) => [
          await notes.add({ text: 'named' }, { manager, jobId, ...LATER }),
          await notes.add({ text: 'one' }, { manager, deduplication, ...LATER }),
          await notes.add({ text: 'two' }, { manager, deduplication, ...LATER }),
          await notes.addBulk([{ data: { text: 'bulk' }, options: LATER }], { manager }),
          await threads.add(
            {},
            { manager, children: { notes: [{ data: { text: 'child' }, options: LATER }] } },
          ),
        ],
      );
      expect(named.id).toBe(jobId);
      // An outbox learns of a duplicate when it publishes.
      if (schema === 'bullmq') expect(second).toEqual({ ...first, deduplicated: true });
      const all = [named, first, bulk as JobReference, thread];
      expect(await Promise.all(all.map(isThere))).toEqual([true, true, true, true]);
    });

    it('goes on after an add that has failed', async () => {
      const [before, after] = [`${name}: before`, `${name}: after`];
      const [error, job] = await library.transaction(async (transaction) => {
        await transaction.write(before);
        const failure = await failToAdd(transaction);
        await transaction.write(after);
        const { manager } = transaction;
        return [failure, await notes.add({ text: after }, { manager, ...LATER })];
      });
      expect(error).toMatchObject({
        code: '42P01',
        message: expect.stringContaining('"') as string,
      });
      expect([await isWritten(before), await isWritten(after)]).toEqual([true, true]);
      expect(await isThere(job)).toBe(true);
    });

    it('loses no row that is written while an add fails: the write fails too, or is kept', async () => {
      const kept: string[] = [];
      await library.transaction(async ({ manager, write, run }) => {
        await run(`ALTER TABLE ${schema}.${table} RENAME TO gone`);
        let isAdding = true;
        const adding = notes.add({ text: 'refused' }, { manager }).finally(() => {
          isAdding = false;
        });
        // One after the other, so between those of the add too.
        const writeOn = async () => {
          while (isAdding) {
            const text = `${name}: meanwhile ${kept.length}`;
            await write(text);
            kept.push(text);
          }
        };
        const [added] = await Promise.allSettled([adding, writeOn()]);
        expect(added).toMatchObject({ reason: { code: '42P01' } });
        await run(`ALTER TABLE ${schema}.gone RENAME TO ${table}`);
      });
      expect(kept).not.toEqual([]);
      expect(await Promise.all(kept.map(isWritten))).toEqual(kept.map(() => true));
    });

    it('is required: without one, or after its end, nothing is added', async () => {
      const { manager } = await library.transaction((transaction) => Promise.resolve(transaction));
      for (const none of [manager, library.outside]) {
        const jobId = `${name} without a transaction`;
        const adding = notes.add({ text: 'lost' }, { manager: none, jobId });
        await expect(adding).rejects.toThrow(TransactionRequiredError);
        expect(await isThere({ queue: 'note', id: jobId })).toBe(false);
      }
    });

    it('has to be in that database', async () => {
      const other = await createQueueDatabase();
      const elsewhere = open(other.url);
      try {
        const adding = elsewhere.transaction(({ manager }) =>
          notes.add({ text: 'a' }, { manager }),
        );
        await expect(adding).rejects.toThrow(OtherDatabaseError);
      } finally {
        await elsewhere.close();
        await other.drop();
      }
    });
  });
}
