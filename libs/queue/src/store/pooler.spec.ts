import { Test, type TestingModule } from '@nestjs/testing';
import pg from 'pg';
import * as z from 'zod';
import { hasPgBouncer, PgBouncer, type TestDatabase } from '@libs/testing';
import { JobHost, JobProcessor } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { QueueWorkerModule } from '../module/queue-worker.module';
import { migrateOutbox } from '../outbox/migrate-outbox';
import { Transaction } from '../outbox/testing/transaction';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { migrateQueueStore } from './migrate-queue-store';
import { openQueueStore } from './open-queue-store';
import { reachStore } from './reach-store';
import { createQueueDatabase } from './testing/queue-database';

const pingJob = defineJob({ name: 'ping', data: z.object({}) });

@JobProcessor(pingJob)
class PingProcessor extends JobHost<typeof pingJob> {
  handle(): Promise<void> {
    return Promise.resolve();
  }
}

const withPgBouncer = hasPgBouncer() ? describe : describe.skip;

withPgBouncer('queues behind PgBouncer', () => {
  let database: TestDatabase;
  let bouncer: PgBouncer;
  let app: TestingModule | undefined;

  beforeAll(async () => {
    database = await createQueueDatabase();
  });

  afterEach(async () => {
    await app?.close();
    app = undefined;
    await bouncer.close();
  });

  afterAll(() => database.drop());

  async function start(url: string): Promise<TestingModule> {
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url }),
        QueueModule.forFeature(pingJob),
        QueueWorkerModule.forProcessors([PingProcessor]),
      ],
    }).compile();
    app.useLogger(false);
    return app.init();
  }

  async function untilCompleted({ queue, id }: { queue: string; id: string }): Promise<void> {
    for await (const { state } of (app as TestingModule).get(JobsReader).watch(queue, id)) {
      if (state === 'completed') return;
    }
  }

  const producer = (): JobProducer<typeof pingJob> =>
    (app as TestingModule).get(getJobProducerToken(pingJob), { strict: false });

  it('work in session mode, and idle workers are notified of a job', async () => {
    bouncer = await PgBouncer.start(database.url, 'session');
    await migrateQueueStore(bouncer.url);
    await start(bouncer.url);
    await untilCompleted(await producer().add({}));
    const waited: number[] = [];
    for (let job = 0; job < 3; job += 1) {
      const added = performance.now();
      await untilCompleted(await producer().add({}));
      waited.push(performance.now() - added);
    }
    // An idle worker polls every five seconds.
    expect(Math.min(...waited)).toBeLessThan(2_500);
  });

  it('are refused in transaction mode, with what to do, whoever else uses the pooler', async () => {
    bouncer = await PgBouncer.start(database.url, 'transaction');
    const refused = async () => {
      const reaching = reachStore(await openQueueStore({ url: bouncer.url }), { timeout: 20_000 });
      await expect(reaching).rejects.toMatchObject({
        code: 'QUEUE_ACCESS',
        message: expect.stringContaining(
          'a pooler in transaction mode is in front of it',
        ) as string,
      });
      await expect(reaching).rejects.toThrow('or to a pooler in session mode.');
    };
    await refused();
    // More sessions than one are idle now, and others take them in between.
    const others = await Promise.all(
      [1, 2, 3].map(async () => {
        const client = new pg.Client({ connectionString: bouncer.url });
        await client.connect();
        await client.query('BEGIN');
        return client;
      }),
    );
    await Promise.all(others.map((client) => client.query('COMMIT')));
    let isOver = false;
    const busy = others.map(async (client) => {
      while (!isOver) await client.query('SELECT 1');
    });
    await refused();
    isOver = true;
    await Promise.all(busy);
    await Promise.all(others.map((client) => client.end()));
  });

  const smallStore = (url: string) =>
    openQueueStore({ url, applicationName: 'command', poolMax: 1 });

  it('are refused in transaction mode before anything is set in the session of another', async () => {
    bouncer = await PgBouncer.start(database.url, 'transaction');
    const reaching = reachStore(await smallStore(bouncer.url), { timeout: 20_000 });
    await expect(reaching).rejects.toMatchObject({
      code: 'QUEUE_ACCESS',
      message: expect.stringContaining('a pooler in transaction mode is in front of it') as string,
    });
    const other = new pg.Client({ connectionString: bouncer.url });
    await other.connect();
    const { rows } = await other.query<{ search_path: string }>('SHOW search_path');
    await other.end();
    expect(rows[0]?.search_path).not.toContain('bullmq');
  });

  it('are reached by one connection where there is no pooler, also if a pool may have no more', async () => {
    bouncer = await PgBouncer.start(database.url, 'session');
    await migrateQueueStore(bouncer.url);
    const pooled = await reachStore(await smallStore(bouncer.url));
    await pooled.close();
    const connect = jest.spyOn(pg.Client.prototype, 'connect');
    const direct = await reachStore(await smallStore(database.url));
    await direct.close();
    expect(connect).toHaveBeenCalledTimes(1);
    connect.mockRestore();
  });

  it('take jobs in a transaction that goes through transaction mode, if their own URL does not', async () => {
    bouncer = await PgBouncer.start(database.url, 'transaction');
    await migrateQueueStore(bouncer.url);
    await migrateOutbox(bouncer.url);
    await start(database.url);
    const manager = await Transaction.begin(bouncer.url);
    const job = await producer().add({}, { manager });
    await manager.end('COMMIT');
    await untilCompleted(job);
  });
});
