import { Test } from '@nestjs/testing';
import type { INestApplicationContext } from '@nestjs/common';
import pg from 'pg';
import * as z from 'zod';
import { createTestDatabase, InterruptibleProxy, type TestDatabase, until } from '@libs/testing';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { JobHost, JobProcessor, type JobContext, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { ApplicationOutbox } from './application-outbox';
import { migrateOutbox } from './migrate-outbox';
import { Transaction } from './testing/transaction';

const noteJob = defineJob({ name: 'note', data: z.object({}) });

/** Ends the connection of a relay that holds rows. */
const END_RELAY = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE '% outbox relay' AND state = 'idle in transaction'`;

const ran = new Set<string>();

@JobProcessor(noteJob, { concurrency: 4 })
class NoteProcessor extends JobHost<typeof noteJob> {
  handle({ job: { id = '' } }: JobContext<typeof noteJob>): void {
    ran.add(id);
  }
}

describeOnEachStore('a job of the outbox that is cancelled', (kind) => {
  let database: TestDatabase;
  let store: TestStore;
  /** Adds and cancels, and publishes nothing. */
  let app: INestApplicationContext;
  let relay: INestApplicationContext;

  beforeAll(async () => {
    [database, store] = await Promise.all([createTestDatabase(), createTestStore(kind)]);
    await migrateOutbox(database.url);
    app = await start(true);
  });

  afterAll(async () => {
    await app.close();
    await relay.close();
    await Promise.all([database.drop(), store.drop()]);
  });

  async function start(
    lazy: boolean,
    url = store.url,
    answerTimeout = 10_000,
  ): Promise<INestApplicationContext> {
    const outbox = { url: database.url };
    const testing = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url, outbox, lazy, answerTimeout }),
        QueueModule.forFeature(noteJob),
        ...(lazy ? [] : [QueueWorkerModule.forProcessors([NoteProcessor])]),
      ],
    }).compile();
    testing.useLogger(false);
    return testing.init();
  }

  const notes = (of = app) =>
    of.get<JobProducer<typeof noteJob>>(getJobProducerToken(noteJob), { strict: false });

  async function addCommitted(count: number): Promise<string[]> {
    const manager = await Transaction.begin(database.url);
    const jobs = Array.from({ length: count }, () => ({ data: {} }));
    const added = await notes().addBulk(jobs, { manager });
    await manager.end('COMMIT');
    return added.map(({ id }) => id);
  }

  it('stays there while the queue store is away, so that the cancel can be repeated', async () => {
    const network = await InterruptibleProxy.before(store.url);
    const cutOff = await start(true, network.url, 500);
    expect(await notes(cutOff).cancel('unknown')).toBe('not-found');
    const [id = ''] = await addCommitted(1);
    network.halt();
    await expect(notes(cutOff).cancel(id)).rejects.toThrow(QueueUnreachableError);
    network.resume();
    const outcome = await until(() =>
      notes(cutOff)
        .cancel(id)
        .catch(() => undefined),
    );
    expect(outcome).toBe('cancelled');
    await cutOff.close();
    await network.close();
  });

  it('is never published', async () => {
    const [cancelled = '', other = ''] = await addCommitted(2);
    expect(await notes().cancel(cancelled)).toBe('cancelled');
    expect(await notes().cancel(cancelled)).toBe('cancelled');
    relay = await start(false);
    await until(() => ran.has(other));
    expect(await relay.get(JobsReader).get('note', cancelled)).toMatchObject({
      state: 'cancelled',
      attempts: { made: 0 },
    });
    expect(ran.has(cancelled)).toBe(false);
  });

  it('stays cancelled if a relay that has lost its connection publishes it late', async () => {
    await relay.close();
    const network = await InterruptibleProxy.before(store.url);
    const late = await start(false, network.url, 60_000);
    const client = new pg.Client(database.url);
    await client.connect();
    try {
      network.halt();
      const [id = ''] = await addCommitted(1);
      // The relay holds the row, and its job is on its way.
      await until(async () => (await client.query(END_RELAY)).rowCount === 1);
      expect(await notes().cancel(id)).toBe('cancelled');
      network.resume();
      const [next = ''] = await addCommitted(1);
      await until(() => ran.has(next));
      expect(ran.has(id)).toBe(false);
      expect(await notes().cancel(id)).toBe('cancelled');
    } finally {
      await Promise.all([late.close(), client.end()]);
      await network.close();
      relay = await start(false);
    }
  });

  it('does not run, or has run and is told so, if it is just being published', async () => {
    const ids = await addCommitted(60);
    // On a busy machine a job may run for longer than a cancel waits by default.
    const outcomes = await Promise.all(
      ids.map(async (id) => [id, await notes().cancel(id, { wait: 60_000 })] as const),
    );
    await until(async () => (await relay.get(ApplicationOutbox).lag())?.rows === 0);
    for (const [id, outcome] of outcomes) {
      expect(outcome).toBe(ran.has(id) ? 'completed' : 'cancelled');
    }
  });
});
