import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import { z } from 'zod';
import { createTestDatabase, InterruptibleProxy, until, type TestDatabase } from '@libs/testing';
import { JobHost, JobProcessor, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueAccessError } from '../connection/queue-access.error';
import { QueueSchemaError } from '../bullmq/postgres/queue-schema.error';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { UnsupportedStoreError } from './unsupported-store.error';
import { QueueModule } from '../module/queue.module';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { migrateQueueStore, queueMigrationState } from './migrate-queue-store';
import { openQueueStore } from './open-queue-store';
import { reachStore } from './reach-store';
import { createQueueDatabase } from './testing/queue-database';

const pingJob = defineJob({ name: 'ping', data: z.object({}) });

async function failure(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('It did not fail.');
  return error;
}

describe('the URL of a queue store', () => {
  it.each(['postgres', 'postgresql'])('may begin with %s:', async (scheme) => {
    const store = await openQueueStore({ url: `${scheme}://ada:secret@db.example.org:5433/jobs` });
    expect(store.location).toBe('db.example.org:5433/jobs');
    await store.close();
  });

  it.each([
    ['mysql://ada:secret@localhost/jobs', 'A "mysql:" URL cannot hold queues.'],
    ['secret', 'The queue store URL is not a URL.'],
    ['', 'The queue store URL is not a URL.'],
  ])(
    'may not be "%s", and the error lists what is supported without the password',
    async (url, text) => {
      await expect(openQueueStore({ url })).rejects.toThrow(UnsupportedStoreError);
      await expect(openQueueStore({ url })).rejects.toThrow(text);
      await expect(openQueueStore({ url })).rejects.toThrow('postgres://… or postgresql://…');
      await expect(openQueueStore({ url })).rejects.not.toThrow('secret');
    },
  );
});

describe('the tables of a queue store', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(() => database.drop());

  it('are pending, are created once, and are not pending any more', async () => {
    const before = await queueMigrationState(database.url);
    expect(before).toMatchObject({ version: 0, pending: true });
    expect(await migrateQueueStore(database.url)).toEqual({ from: 0, to: before.required });
    expect(await migrateQueueStore(database.url)).toEqual({
      from: before.required,
      to: before.required,
    });
    expect(await queueMigrationState(database.url)).toMatchObject({ pending: false });
  });

  it('are found when the URL has options of its own', async () => {
    await migrateQueueStore(database.url);
    const store = await openQueueStore({ url: `${database.url}?options=-c%20work_mem%3D5MB` });
    await store.check();
    expect(await store.latestEventId('none')).toBe('0');
    await store.close();
  });

  it('can be created by several processes at once', async () => {
    const { required } = await queueMigrationState(database.url);
    const results = await Promise.all([1, 2, 3].map(() => migrateQueueStore(database.url)));
    expect(results.map(({ to }) => to)).toEqual([required, required, required]);
  });

  it('are missed at the start of an application, with the command that creates them', async () => {
    const starting = Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: database.url, migrateHint: 'npx nx run api:migrate' }),
        QueueModule.forFeature(pingJob),
      ],
    }).compile();
    const error = await failure(starting);
    expect(error).toBeInstanceOf(QueueSchemaError);
    expect(error.message).toMatch(/^The database .+\/test_\w+ has no queue tables yet\./);
    expect(error.message).toContain('To create or upgrade them: npx nx run api:migrate.');
  });

  it('are refused when they are older than this code', async () => {
    const { to } = await migrateQueueStore(database.url);
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query('DELETE FROM bullmq.migration WHERE version = $1', [Math.floor(to)]);
    await admin.end();
    const error = await failure(reachStore(await openQueueStore({ url: database.url })));
    expect(error).toBeInstanceOf(QueueSchemaError);
    const found = `${Math.floor(to) - 1}.0`;
    expect(error.message).toContain(`of version ${Number(found)}, and version ${to} is required`);
  });
});

describe('the tables for limits by key', () => {
  const limitedJob = defineJob({
    name: 'limited',
    data: z.object({ tenant: z.string() }),
    limit: { by: ({ tenant }) => tenant, concurrency: 1 },
  });

  @JobProcessor(pingJob)
  class PingProcessor extends JobHost<typeof pingJob> {
    handle() {
      // Nothing to do.
    }
  }

  @JobProcessor(limitedJob)
  class LimitedProcessor extends JobHost<typeof limitedJob> {
    handle() {
      // Nothing to do.
    }
  }

  it('are needed by a worker whose contract has a limit, and by no other', async () => {
    const database = await createQueueDatabase();
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    const migrations = await admin.query('SELECT version FROM bullmq.runtime_migration');
    // As BullMQ, or an earlier version of this library, has migrated it.
    await admin.query('DROP TABLE bullmq.runtime_migration');
    await admin.end();
    const start = async (processor: typeof PingProcessor | typeof LimitedProcessor) => {
      const app = await Test.createTestingModule({
        imports: [
          QueueModule.forRoot({ url: database.url, migrateHint: 'npx nx run api:migrate' }),
          QueueModule.forFeature(limitedJob),
          QueueWorkerModule.forProcessors([processor]),
        ],
      }).compile();
      app.useLogger(false);
      await app.init().finally(() => app.close());
    };
    await start(PingProcessor);
    const error = await failure(start(LimitedProcessor));
    expect(error).toBeInstanceOf(QueueSchemaError);
    expect(error.message).toMatch(/of version \d+, and version \d+\.\d+ is required/);
    expect(error.message).toContain('npx nx run api:migrate');
    expect(migrations.rowCount).toBeGreaterThan(0);
    await database.drop();
  });
});

describe('a store that does not answer', () => {
  let database: TestDatabase;
  let proxy: InterruptibleProxy;
  let warn: jest.SpyInstance<void, unknown[]>;

  beforeEach(async () => {
    jest.spyOn(Logger.prototype, 'log').mockImplementation();
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    database = await createQueueDatabase();
    proxy = await InterruptibleProxy.before(database.url);
  });

  afterEach(async () => {
    await proxy.close();
    await database.drop();
  });

  it('is waited for at the start of an application', async () => {
    await proxy.shut();
    const reached = reachStore(await openQueueStore({ url: proxy.url }));
    await until(() => warn.mock.calls.length > 0);
    await proxy.open();
    const store = await reached;
    await store.check();
    await store.close();
  });

  it('is given up after a while, with a sentence that does not hold the password', async () => {
    await proxy.shut();
    const url = proxy.url.replace(/:\/\/[^@]*@/, '://ada:secret@');
    const error = await failure(reachStore(await openQueueStore({ url }), { timeout: 700 }));
    expect(error).toBeInstanceOf(QueueUnreachableError);
    expect(error.message).toMatch(/^The queue store 127\.0\.0\.1:\d+\/\w+ cannot be reached: /);
    expect(error.message).not.toContain('secret');
  });

  it('is not waited for if it refuses the connection', async () => {
    const url = database.url.replace(/\/\w+$/, '/no_such_database');
    const error = await failure(reachStore(await openQueueStore({ url })));
    expect(error).toBeInstanceOf(QueueAccessError);
    expect(error.message).toContain('database "no_such_database" does not exist');
  });

  it('cannot be migrated, and says where it was looked for', async () => {
    await proxy.shut();
    const migrating = migrateQueueStore(proxy.url);
    expect(await failure(migrating)).toBeInstanceOf(QueueUnreachableError);
  });

  it('fails a producer at once, and serves it again when it is back', async () => {
    const { url } = proxy;
    const app = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ url }), QueueModule.forFeature(pingJob)],
    }).compile();
    const producer = app.get<JobProducer<typeof pingJob>>('JobProducer(ping)', { strict: false });
    await producer.add({});

    await proxy.shut();
    expect(await failure(producer.add({}))).toBeInstanceOf(QueueUnreachableError);
    expect(await failure(app.get(JobsReader).get('ping', '1'))).toBeInstanceOf(
      QueueUnreachableError,
    );

    await proxy.open();
    const { id } = await producer.add({});
    expect(await app.get(JobsReader).get('ping', id)).toMatchObject({ state: 'waiting' });
    const lines = warn.mock.calls.map(([line]) => String(line));
    expect(lines.filter((line) => line.includes('cannot be reached'))).toHaveLength(1);
    await app.close();
  });
});
