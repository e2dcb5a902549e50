import { Test } from '@nestjs/testing';
import type { INestApplicationContext } from '@nestjs/common';
import pg from 'pg';
import * as z from 'zod';
import { createTestDatabase, type TestDatabase, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { OutboxSchemaError } from './outbox-schema.error';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { ProcessorClass } from '../processor/processor-class';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { openQueueStore } from '../store/open-queue-store';
import { QueueStore } from '../store/queue-store';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { ApplicationOutbox } from './application-outbox';
import { migrateOutbox, outboxMigrationState } from './migrate-outbox';
import { OutboxRelay } from './outbox-relay';
import { Transaction } from './testing/transaction';

const noteJob = defineJob({ name: 'note', data: z.object({ text: z.string() }) });

/** The strings of the jobs that ran, in order. */
const done: string[] = [];

@JobProcessor(noteJob, { concurrency: 1 })
class NoteProcessor extends JobHost<typeof noteJob> {
  handle({ data }: JobContext<typeof noteJob>): void {
    done.push(data.text);
  }
}

const threadJob = defineJob({
  name: 'thread',
  data: z.object({}),
  result: z.number(),
  children: { notes: noteJob },
});

@JobProcessor(threadJob)
class ReplyProcessor extends JobHost<typeof threadJob> {
  handle({ children }: JobContext<typeof threadJob>): number {
    return children.notes.length;
  }
}

/** Stored, and not run by workers for longer than a test takes. */
const LATER = { delay: 3_600_000 };

describeOnEachStore('a job that goes through the outbox', (kind) => {
  let database: TestDatabase;
  let store: TestStore;
  const apps: INestApplicationContext[] = [];
  const open: Transaction[] = [];

  beforeEach(async () => {
    done.length = 0;
    [database, store] = await Promise.all([createTestDatabase(), createTestStore(kind)]);
    await migrateOutbox(database.url);
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((transaction) => transaction.client.end()));
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await Promise.all([database.drop(), store.drop()]);
  });

  async function start(...processors: ProcessorClass[]): Promise<INestApplicationContext> {
    const testing = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url, outbox: { url: database.url }, poolMax: 3 }),
        QueueModule.forFeature(noteJob, threadJob),
        ...(processors.length === 0 ? [] : [QueueWorkerModule.forProcessors(processors)]),
      ],
    }).compile();
    apps.push(testing);
    testing.useLogger(false);
    return testing.init();
  }

  const producerOf = (app: INestApplicationContext) =>
    app.get<JobProducer<typeof noteJob>>(getJobProducerToken(noteJob), { strict: false });

  async function begin(): Promise<Transaction> {
    const transaction = await Transaction.begin(database.url);
    open.push(transaction);
    return transaction;
  }

  const isEmpty = (app: INestApplicationContext) => async () =>
    (await app.get(ApplicationOutbox).lag())?.rows === 0;

  it('has its children with it, once', async () => {
    const app = await start(NoteProcessor, ReplyProcessor);
    const threads = app.get<JobProducer<typeof threadJob>>(getJobProducerToken(threadJob), {
      strict: false,
    });
    const undone = await begin();
    const manager = await begin();
    const note = (text: string) => ({ data: { text }, options: { delay: 1 } });
    const { id } = await threads.add({}, { manager, children: { notes: [note('a'), note('b')] } });
    await threads.add({}, { manager: undone, children: { notes: [note('c')] } });
    const huge = { data: { text: 'd' }, options: { sizeLimit: 3 } };
    await expect(threads.add({}, { manager, children: { notes: [huge] } })).rejects.toThrow();
    await undone.end('ROLLBACK');
    const { rows } = await manager.query('SELECT children FROM queue_outbox.job');
    await manager.query(
      'INSERT INTO queue_outbox.job (queue, job_id, name, data, options, children) ' +
        'SELECT queue, job_id, name, data, options, children FROM queue_outbox.job',
    );
    await manager.end('COMMIT');
    expect(rows).toHaveLength(1);
    const ended = await until(async () => {
      const snapshot = await app.get(JobsReader).get('thread', id);
      return snapshot?.finishedAt && snapshot;
    });
    expect(ended).toMatchObject({ state: 'completed', result: 2 });
    await until(isEmpty(app));
    expect(done.toSorted()).toEqual(['a', 'b']);
  });

  it('runs after the commit, and never after a rollback', async () => {
    const app = await start(NoteProcessor);
    const kept = await begin();
    const undone = await begin();
    const { id } = await producerOf(app).add({ text: 'kept' }, { manager: kept });
    await producerOf(app).add({ text: 'undone' }, { manager: undone });
    expect(await app.get(JobsReader).get('note', id)).toBeUndefined();
    await undone.end('ROLLBACK');
    await kept.end('COMMIT');
    // An immediate request finds the job, wherever it is by then.
    expect(await app.get(JobsReader).get('note', id)).toMatchObject({ id });
    await until(() => done.length === 1);
    await until(isEmpty(app));
    expect(done).toEqual(['kept']);
  });

  it('is published because its commit is notified, not when the relay looks again', async () => {
    const relay = OutboxRelay.prototype as unknown as { nextPoll(): Promise<number> };
    jest.spyOn(relay, 'nextPoll').mockResolvedValue(LATER.delay);
    const app = await start(NoteProcessor);
    // The first may be picked up by the poll at startup.
    for (const text of ['1', '2', '3']) {
      const manager = await begin();
      await producerOf(app).add({ text }, { manager });
      await manager.end('COMMIT');
      await until(() => done.includes(text));
    }
  });

  it('goes with the savepoint that it was added after, and leaves a transaction usable', async () => {
    const app = await start(NoteProcessor);
    const manager = await begin();
    await producerOf(app).add({ text: 'outer' }, { manager });
    await manager.query('SAVEPOINT inner_one');
    await producerOf(app).add({ text: 'undone' }, { manager });
    await manager.query('ROLLBACK TO SAVEPOINT inner_one');
    const refused = producerOf(app).add({ text: 'x' }, { manager, sizeLimit: 1 });
    await expect(refused).rejects.toThrow('exceeds the limit 1 bytes');
    await manager.query('ALTER TABLE queue_outbox.job RENAME TO gone');
    const failed = producerOf(app).add({ text: 'x' }, { manager });
    await expect(failed).rejects.toThrow('"queue_outbox.job" does not exist');
    await manager.query('ALTER TABLE queue_outbox.gone RENAME TO job');
    await manager.end('COMMIT');
    await until(() => done.length === 1);
    expect(done).toEqual(['outer']);
  });

  it('keeps its data, its options and the time it was added', async () => {
    const app = await start();
    const producer = producerOf(app);
    const text = `it's \\ "quoted" $1 $& -- no comment\n'); DROP TABLE queue_outbox.job; -- 🎉`;
    const manager = await begin();
    const before = Date.now();
    const deduplication = { id: 'once' };
    const named = await producer.add({ text }, { manager, jobId: "it's", ...LATER, priority: 7 });
    const bulk = await producer.addBulk(
      [
        { data: { text: 'one' }, options: { ...LATER, deduplication } },
        { data: { text: 'two' }, options: { ...LATER, deduplication } },
        { data: { text: 'three' }, options: { attempts: 9, ...LATER } },
      ],
      { manager },
    );
    const after = Date.now();
    await manager.end('COMMIT');
    await until(isEmpty(app));

    expect(named.id).toBe("it's");
    const queue = app.get<import('bullmq').Queue>('BullQueue_note', { strict: false });
    const job = await queue.getJob(named.id);
    expect(job?.data).toEqual({ text });
    expect(job?.opts).toMatchObject({ attempts: 3, priority: 7, ...LATER });
    expect(job?.timestamp).toBeGreaterThanOrEqual(before);
    expect(job?.timestamp).toBeLessThanOrEqual(after);
    const texts = (await queue.getJobs('delayed')).map(
      ({ data }) => (data as { text: string }).text,
    );
    expect(texts.sort()).toEqual([text, 'one', 'three'].sort());
    expect((await queue.getJob(bulk[2]?.id ?? ''))?.opts.attempts).toBe(9);
  });

  it('is run once, whichever of several relays publishes it', async () => {
    const [first, second] = [await start(NoteProcessor), await start(NoteProcessor)];
    const texts = Array.from({ length: 500 }, (_, index) => `note ${index}`);
    for (let from = 0; from < texts.length; from += 50) {
      const manager = await begin();
      const part = texts.slice(from, from + 50).map((text) => ({ data: { text } }));
      await producerOf(from % 100 ? first : second).addBulk(part, { manager });
      await manager.end('COMMIT');
    }
    await until(() => done.length >= texts.length);
    await until(isEmpty(first));
    expect([...done].sort()).toEqual([...texts].sort());
  });

  it('is run in the order of the commits, if one relay publishes', async () => {
    const app = await start(NoteProcessor);
    for (const text of ['1', '2', '3', '4', '5']) {
      const manager = await begin();
      await producerOf(app).add({ text }, { manager });
      await manager.end('COMMIT');
    }
    await until(() => done.length === 5);
    expect(done).toEqual(['1', '2', '3', '4', '5']);
  });

  it('is published again without effect, if the relay dies between publication and commit', async () => {
    const app = await start(NoteProcessor);
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    // The relay's connection breaks while it deletes the published rows.
    await admin.query(`
      CREATE SEQUENCE deaths;
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('deaths') <= 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
        RETURN OLD;
      END $$;
      CREATE TRIGGER die BEFORE DELETE ON queue_outbox.job FOR EACH ROW EXECUTE FUNCTION die()`);
    const manager = await begin();
    await producerOf(app).add({ text: 'once' }, { manager });
    await manager.end('COMMIT');
    await until(isEmpty(app));
    const { rows } = await admin.query<{ deaths: string }>(
      'SELECT last_value AS deaths FROM deaths',
    );
    expect(Number(rows[0]?.deaths)).toBe(3);
    await until(() => done.length > 0);
    expect(done).toEqual(['once']);
    await admin.end();
  });

  it('does not wait behind one that the queue refuses, which is kept with the reason', async () => {
    const app = await start(NoteProcessor);
    const manager = await begin();
    await producerOf(app).add({ text: 'before' }, { manager });
    await manager.query(`
      INSERT INTO queue_outbox.job (queue, job_id, name, data, options)
      VALUES ('note', '7', 'note', '{}', '{"jobId": "7", "childIds": {"notes": ["7.notes.0"]}}')`);
    await producerOf(app).add({ text: 'after' }, { manager });
    await manager.end('COMMIT');
    await until(() => done.length === 2);
    expect(done).toEqual(['before', 'after']);
    const outbox = app.get(ApplicationOutbox);
    await until(async () => (await outbox.lag())?.refused === 1);
    expect(await outbox.find('note', '7')).toMatchObject({
      failure: 'Custom Id cannot be integers',
      children: { total: 1, open: 1, completed: 0, failed: 0 },
    });

    // It is taken as soon as that is possible.
    const repair = await begin();
    await repair.query(`UPDATE queue_outbox.job SET data = '{"text":"mended"}', options = '{}'`);
    await repair.end('COMMIT');
    await until(() => done.length === 3);
    expect(done[2]).toBe('mended');
  });

  it('is not started for without a table, or with an old one, and the error names the command', async () => {
    const bare = await createTestDatabase();
    const start = () =>
      Test.createTestingModule({
        imports: [
          QueueModule.forRoot({
            url: store.url,
            outbox: { url: bare.url },
            migrateHint: 'npx nx run api:migrate',
          }),
        ],
      }).compile();
    const error: unknown = await start().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OutboxSchemaError);
    expect((error as Error).message).toContain('To create or update it: npx nx run api:migrate.');

    expect(await migrateOutbox(bare.url)).toBe(true);
    const old = await Transaction.begin(bare.url);
    await old.query('ALTER TABLE queue_outbox.job DROP COLUMN children');
    await old.end('COMMIT');
    expect(await outboxMigrationState(bare.url)).toEqual({ pending: true });
    await expect(start()).rejects.toThrow(OutboxSchemaError);
    expect(await migrateOutbox(bare.url)).toBe(true);
    expect(await migrateOutbox(bare.url)).toBe(false);
    await (await start()).close();
    await bare.drop();
  });

  it('is started for although a connection is ended while the database is looked at', async () => {
    const options = { url: store.url, outbox: { url: database.url } };
    const queues = await openQueueStore(options);
    const looked = jest
      .spyOn(queues, 'sharesDatabase')
      .mockImplementationOnce(async (connection) => {
        await connection.query('SELECT pg_terminate_backend(pg_backend_pid())');
        return false;
      });
    const app = await Test.createTestingModule({ imports: [QueueModule.forRoot(options)] })
      .overrideProvider(QueueStore)
      .useValue(queues)
      .compile();
    apps.push(app);
    expect(looked).toHaveBeenCalledTimes(2);
    expect(app.get(ApplicationOutbox).isUsed).toBe(true);
  });
});
