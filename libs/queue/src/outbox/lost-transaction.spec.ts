import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import * as z from 'zod';
import { createTestDatabase, InterruptibleProxy, type TestDatabase, until } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { migrateQueueStore } from '../store/migrate-queue-store';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { migrateOutbox } from './migrate-outbox';
import { Transaction } from './testing/transaction';

const noteJob = defineJob({ name: 'note', data: z.object({ text: z.string() }) });

/** Queues in the database of the transaction, or elsewhere. */
const PLACES = ['the same database', 'a store of its own'] as const;

describeOnEachStore('a transaction whose connection is reset', (kind) => {
  const places = kind === 'postgres' ? PLACES : PLACES.slice(1);
  let database: TestDatabase;
  let store: TestStore | undefined;
  let proxy: InterruptibleProxy;
  let app: INestApplicationContext;

  afterEach(async () => {
    await app.close();
    await proxy.close();
    await Promise.all([database.drop(), store?.drop()]);
  });

  async function start(place: (typeof PLACES)[number]): Promise<JobProducer<typeof noteJob>> {
    database = await createTestDatabase();
    await migrateOutbox(database.url);
    store = place === 'the same database' ? undefined : await createTestStore(kind);
    if (store === undefined) await migrateQueueStore(database.url);
    // Only the transaction's connection; the application has its own.
    proxy = await InterruptibleProxy.before(database.url);
    const url = store?.url ?? database.url;
    const testing = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url, outbox: { url: database.url } }),
        QueueModule.forFeature(noteJob),
      ],
    }).compile();
    testing.useLogger(false);
    app = await testing.init();
    return app.get<JobProducer<typeof noteJob>>(getJobProducerToken(noteJob), { strict: false });
  }

  async function query(text: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  it.each(places)(
    'leaves nothing behind, with the queues in %s, and the error says so',
    async (place) => {
      const producer = await start(place);
      await query('CREATE TABLE written (text text)');
      const lost = await Transaction.begin(proxy.url);
      lost.client.on('error', () => undefined);
      await lost.query(`INSERT INTO written VALUES ('lost')`);
      const { id } = await producer.add({ text: 'lost' }, { manager: lost });
      proxy.reset();
      const adding = producer.add({ text: 'lost too' }, { manager: lost });
      await expect(adding).rejects.toBeInstanceOf(QueueUnreachableError);
      await expect(adding).rejects.toThrow('cannot be reached');
      await expect(lost.end('COMMIT')).rejects.toThrow();

      // The server has detected the loss and ended the transaction.
      await until(async () => {
        const open = `SELECT 1 FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()`;
        return (await query(open)).length === 0;
      });
      expect(await query('SELECT text FROM written')).toEqual([]);
      expect(await query('SELECT id FROM queue_outbox.job')).toEqual([]);
      expect(await app.get(JobsReader).get('note', id)).toBeUndefined();

      const next = await Transaction.begin(proxy.url);
      const kept = await producer.add({ text: 'kept' }, { manager: next });
      await next.end('COMMIT');
      expect(await app.get(JobsReader).get('note', kept.id)).toMatchObject({ state: 'waiting' });
    },
  );
});
