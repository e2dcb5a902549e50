import { Test, type TestingModule } from '@nestjs/testing';
import * as z from 'zod';
import { createTestDatabase, type TestDatabase } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { Queues } from '../queues/queues';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { createTestStore, type TestStore } from '../store/testing/each-store';
import { migrateOutbox } from './migrate-outbox';
import { Transaction } from './testing/transaction';

const noteJob = defineJob({ name: 'note', data: z.object({ text: z.string() }) });

describe('a process that reaches its queues when it needs them', () => {
  let database: TestDatabase;
  let store: TestStore;
  let app: TestingModule;
  let producer: JobProducer<typeof noteJob>;

  beforeEach(async () => {
    [database, store] = await Promise.all([createTestDatabase(), createTestStore('postgres')]);
    await migrateOutbox(database.url);
  });

  afterEach(async () => {
    await app.close();
    await Promise.all([database.drop(), store.drop()]);
  });

  async function start(outbox: string): Promise<void> {
    const options = { url: store.url, outbox: { url: outbox }, lazy: true };
    const imports = [QueueModule.forRoot(options), QueueModule.forFeature(noteJob)];
    app = await Test.createTestingModule({ imports }).compile();
    app.useLogger(false);
    await app.init();
    producer = app.get(getJobProducerToken(noteJob), { strict: false });
  }

  const waiting = () => app.get(Queues).open(noteJob).getWaitingCount();

  it('leaves a job of a transaction in the outbox, for the relay of another process', async () => {
    await start(database.url);
    const transaction = await Transaction.begin(database.url);
    await producer.add({ text: 'later' }, { manager: transaction });
    const { rows } = await transaction.query('SELECT queue, data FROM queue_outbox.job');
    await transaction.end('COMMIT');
    expect(rows).toEqual([{ queue: 'note', data: { text: 'later' } }]);
    expect(await waiting()).toBe(0);
  });

  it('adds it to the queue itself if that is in the same database, by another address', async () => {
    await start(`${store.url}?application_name=other`);
    const transaction = await Transaction.begin(store.url);
    await producer.add({ text: 'now' }, { manager: transaction });
    await transaction.end('COMMIT');
    expect(await waiting()).toBe(1);
  });
});
