import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import * as z from 'zod';
import { createTestDatabase, InterruptibleProxy, type TestDatabase, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { ApplicationOutbox } from './application-outbox';
import { migrateOutbox } from './migrate-outbox';
import { Transaction } from './testing/transaction';

const noteJob = defineJob({ name: 'note', data: z.object({ text: z.string() }) });

const done: string[] = [];

@JobProcessor(noteJob)
class NoteProcessor extends JobHost<typeof noteJob> {
  handle({ data }: JobContext<typeof noteJob>): void {
    done.push(data.text);
  }
}

describeOnEachStore('jobs that wait in the outbox', (kind) => {
  let database: TestDatabase;
  let store: TestStore;
  let toDatabase: InterruptibleProxy;
  let toStore: InterruptibleProxy;
  let app: INestApplicationContext;

  beforeEach(async () => {
    done.length = 0;
    [database, store] = await Promise.all([createTestDatabase(), createTestStore(kind)]);
    await migrateOutbox(database.url);
    toDatabase = await InterruptibleProxy.before(database.url);
    toStore = await InterruptibleProxy.before(store.url);
    const testing = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({
          url: toStore.url,
          outbox: { url: toDatabase.url },
          answerTimeout: 5_000,
        }),
        QueueModule.forFeature(noteJob),
        QueueWorkerModule.forProcessors([NoteProcessor]),
      ],
    }).compile();
    testing.useLogger(false);
    app = await testing.init();
  });

  afterEach(async () => {
    await app.close();
    await Promise.all([toDatabase.close(), toStore.close()]);
    await Promise.all([database.drop(), store.drop()]);
    // A worker whose last step got no answer retries it after 15 s.
  });

  async function add(...texts: string[]): Promise<void> {
    const producer = app.get<JobProducer<typeof noteJob>>(getJobProducerToken(noteJob));
    // The application's own connection does not go through the proxy.
    const manager = await Transaction.begin(database.url);
    await producer.addBulk(
      texts.map((text) => ({ data: { text } })),
      { manager },
    );
    await manager.end('COMMIT');
  }

  const lag = async () => (await app.get(ApplicationOutbox).lag()) ?? { rows: -1, oldestAge: -1 };

  it('all run once the queue store is back, and none is lost while it is away', async () => {
    await add('before');
    await until(() => done.length === 1);
    // Work in progress at that moment may be done twice.
    await until(async () => (await lag()).rows === 0);
    const queue = app.get<Queue>('BullQueue_note', { strict: false });
    await until(async () => (await queue.getJobCountByTypes('completed')) === 1);
    toStore.refuse();
    const texts = Array.from({ length: 250 }, (_, index) => `away ${index}`);
    for (const text of texts.slice(0, 10)) await add(text);
    await add(...texts.slice(10));
    expect(await lag()).toMatchObject({ rows: texts.length, refused: 0 });
    expect((await lag()).oldestAge).toBeGreaterThan(0);

    toStore.accept();
    await until(() => done.length > texts.length);
    expect([...done].sort()).toEqual(['before', ...texts].sort());
    await until(async () => (await lag()).rows === 0);
    expect((await lag()).oldestAge).toBe(0);
  });

  it('run when the relay has its database again', async () => {
    toDatabase.refuse();
    await add('a', 'b');
    toDatabase.accept();
    await until(() => done.length === 2);
    expect([...done].sort()).toEqual(['a', 'b']);
  });

  it('run although the connection of the relay is silently gone', async () => {
    await until(async () => (await lag()).rows === 0);
    toDatabase.silence();
    await add('unheard');
    await until(() => done.length === 1);
    expect(done).toEqual(['unheard']);
  });
});
