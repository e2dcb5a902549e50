import { Logger, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import { z } from 'zod';
import { createTestDatabase, until, type TestDatabase } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext, type ProcessorClass } from '../../consumer';
import { QueueWorkerModule } from '../../consumer/queue-worker.module';
import { defineJob } from '../../contract/define-job';
import { QueueModule } from '../../module/queue.module';
import { getJobProducerToken } from '../../producer/inject-job.decorator';
import type { JobProducer } from '../../producer/job-producer';
import { JobsReader } from '../../reader/jobs-reader';
import { migrateQueueStore } from '../migrate-queue-store';

const JOBS = 50;
const POOL_MAX = 5;
const APPLICATION = 'fifty jobs';

const numberJobs = Array.from({ length: JOBS }, (_, index) =>
  defineJob({
    name: `number-${index}`,
    data: z.object({ value: z.number() }),
    result: z.object({ doubled: z.number() }),
    options: { backoff: 10 },
  }),
);
type NumberJob = (typeof numberJobs)[number];

function doublingProcessor(job: NumberJob): ProcessorClass {
  @JobProcessor(job, { concurrency: 4 })
  class DoublingProcessor extends JobHost<NumberJob> {
    handle({ data }: JobContext<NumberJob>) {
      return { doubled: data.value * 2 };
    }
  }
  return DoublingProcessor;
}

describe('fifty jobs in one process', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let admin: pg.Client;
  let producers: JobProducer<NumberJob>[];
  let jobs: JobsReader;

  beforeAll(async () => {
    database = await createTestDatabase();
    await migrateQueueStore(database.url);
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({
          url: database.url,
          poolMax: POOL_MAX,
          applicationName: APPLICATION,
        }),
        QueueModule.forFeature(...numberJobs),
        QueueWorkerModule.forProcessors(numberJobs.map(doublingProcessor)),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    jobs = app.get(JobsReader);
    producers = numberJobs.map((job) => app.get(getJobProducerToken(job), { strict: false }));
  });

  afterAll(async () => {
    await app.close();
    await admin.end();
    await database.drop();
  });

  it('share one pool and one listening connection, also under load', async () => {
    const counts: number[] = [];
    const work = addAndFinish(10);
    let done = false;
    void work.finally(() => (done = true));
    await until(async () => {
      counts.push((await connections()).length);
      return done;
    });
    await work;
    expect(Math.max(...counts)).toBeLessThanOrEqual(POOL_MAX + 1);
    expect(Math.max(...counts)).toBeGreaterThan(1);
  });

  it('are all done, even when every connection is ended while they flow', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    app.useLogger(new Logger());
    const before = await states();
    await add(60);
    for (let round = 0; round < 3; round += 1) {
      const s0 = await states();
      await until(async () => (await connections()).length > 1);
      await terminate();
      console.log(s0);
      await until(async () => ((await states())['completed'] ?? 0) > (s0['completed'] ?? 0));
    }
    await until(async () => (await states())['completed'] === before['completed']! + 3000, {
      timeout: 10000,
    }).catch(console.log);
    app.useLogger(false);
    console.log(before, await states(), warn.mock.calls);
    console.log(
      (
        await admin.query(
          'select attempts_made, attempts_started, count(*) from bullmq.job group by 1,2',
        )
      ).rows,
    );
  });

  async function states() {
    const { rows } = await admin.query<{ state: string; count: number }>(
      'SELECT state, count(*)::int AS count FROM bullmq.job GROUP BY state',
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  async function add(count: number) {
    return Promise.all(
      producers.map((producer) =>
        producer.addBulk(Array.from({ length: count }, (_, value) => ({ data: { value } }))),
      ),
    );
  }

  async function addAndFinish(count: number) {
    const references = await Promise.all(
      producers.map((producer) =>
        producer.addBulk(Array.from({ length: count }, (_, value) => ({ data: { value } }))),
      ),
    );
    return Promise.all(references.flat().map(({ queue, id }) => last(queue, id)));
  }

  async function last(queue: string, id: string) {
    for await (const snapshot of jobs.watch(queue, id)) {
      if (snapshot.finishedAt) return snapshot;
    }
    throw new Error(`${queue} ${id} is gone`);
  }

  async function connections(): Promise<number[]> {
    const { rows } = await admin.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE application_name = $1',
      [APPLICATION],
    );
    return rows.map(({ pid }) => pid);
  }

  async function terminate(): Promise<void> {
    await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
      [APPLICATION],
    );
  }
});
