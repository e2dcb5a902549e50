import { createTestDatabase, type TestDatabase, until } from '@libs/testing';
import { Test } from '@nestjs/testing';
import type { INestApplicationContext } from '@nestjs/common';
import * as z from 'zod';
import { JobHost, JobProcessor, type JobContext, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { migrateOutbox } from './migrate-outbox';
import { Transaction } from './testing/transaction';

const tenantJob = defineJob({
  name: 'tenant',
  data: z.object({ tenant: z.string() }),
  limit: { by: ({ tenant }) => tenant, concurrency: 2 },
});

const memberJob = defineJob({
  name: 'family',
  data: z.object({}),
  children: { tenants: tenantJob },
});

const ran: string[] = [];
let running = 0;
let most = 0;

@JobProcessor(tenantJob, { concurrency: 6 })
class TenantProcessor extends JobHost<typeof tenantJob> {
  async handle({ job: { id = '' } }: JobContext<typeof tenantJob>) {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    ran.push(id);
  }
}

@JobProcessor(memberJob)
class FamilyProcessor extends JobHost<typeof memberJob> {
  handle({ job: { id = '' } }: JobContext<typeof memberJob>): void {
    ran.push(id);
  }
}

describeOnEachStore('jobs with a limit that are added in a transaction', (kind) => {
  let database: TestDatabase;
  let store: TestStore;
  const apps: INestApplicationContext[] = [];

  beforeAll(async () => {
    [database, store] = await Promise.all([createTestDatabase(), createTestStore(kind)]);
    await migrateOutbox(database.url);
  });

  afterAll(async () => {
    await Promise.all([database.drop(), store.drop()]);
  });

  beforeEach(() => {
    ran.length = 0;
    most = 0;
  });

  afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

  /** Runs jobs; with the outbox also publishes them. */
  async function start(outbox: boolean): Promise<INestApplicationContext> {
    const testing = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url, ...(outbox && { outbox: { url: database.url } }) }),
        QueueModule.forFeature(tenantJob),
        QueueModule.forFeature(memberJob),
        QueueWorkerModule.forProcessors([TenantProcessor, FamilyProcessor]),
      ],
    }).compile();
    testing.useLogger(false);
    apps.push(await testing.init());
    return testing;
  }

  // On Redis there is no other way than the outbox; on Postgres it serves another database.
  const ways = kind === 'postgres' ? ['their own transaction', 'the outbox'] : ['the outbox'];

  it.each(ways)('wait for room in their key, through %s', async (way) => {
    const usesOutbox = way === 'the outbox';
    const app = await start(usesOutbox);
    const tenants = app.get<JobProducer<typeof tenantJob>>(getJobProducerToken(tenantJob), {
      strict: false,
    });
    const families = app.get<JobProducer<typeof memberJob>>(getJobProducerToken(memberJob), {
      strict: false,
    });
    const add = async (end: 'COMMIT' | 'ROLLBACK') => {
      const manager = await Transaction.begin(usesOutbox ? database.url : store.url);
      const jobs = Array.from({ length: 10 }, () => ({ data: { tenant: 'a' } }));
      const added = await tenants.addBulk(jobs, { manager });
      const alone = await tenants.add({ tenant: 'a' }, { manager });
      const family = await families.add({}, { manager, children: { tenants: jobs.slice(0, 5) } });
      await manager.end(end);
      const children = Array.from({ length: 5 }, (_, index) => `${family.id}.tenants.${index}`);
      return [...added, alone, family].map(({ id }) => id).concat(children);
    };
    await add('ROLLBACK');
    const ids = await add('COMMIT');
    await until(() => ran.length >= ids.length);
    expect([...ran].sort()).toEqual([...ids].sort());
    expect(most).toBe(2);
  });
});
