import { Logger, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import { z } from 'zod';
import { until, type TestDatabase } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext, type ProcessorClass } from '../consumer';
import { QueueWorkerModule } from '../module/queue-worker.module';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { hasEnded } from '../queues/job-snapshot';
import { JobsReader } from '../reader/jobs-reader';
import { createQueueDatabase } from './testing/queue-database';

const JOBS = 50;
const POOL_MAX = 5;
/** A machine busy with other tests takes long. */
const PATIENT = { timeout: 120_000 };
const APPLICATION = 'fifty jobs';

const doublingJobs = Array.from({ length: JOBS }, (_, index) =>
  defineJob({
    name: `double-${index}`,
    data: z.object({ value: z.number() }),
    result: z.object({ doubled: z.number() }),
  }),
);
type DoublingJob = (typeof doublingJobs)[number];

function processorOf(job: DoublingJob): ProcessorClass {
  // A job fetched over a connection that broke before the reply arrived is recovered when its lock expires;
  // this shortens that half minute.
  @JobProcessor(job, {
    concurrency: 4,
    lockDuration: 5_000,
    stalledInterval: 1_000,
    maxStalledCount: 10,
  })
  class DoublingProcessor extends JobHost<DoublingJob> {
    handle({ data }: JobContext<DoublingJob>) {
      return { doubled: data.value * 2 };
    }
  }
  return DoublingProcessor;
}

describe('fifty jobs, their producers, processors and watchers in one process', () => {
  let database: TestDatabase;
  let admin: pg.Client;
  let app: INestApplicationContext;
  let producers: JobProducer<DoublingJob>[];

  beforeAll(async () => {
    database = await createQueueDatabase();
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({
          url: database.url,
          poolMax: POOL_MAX,
          applicationName: APPLICATION,
        }),
        QueueModule.forFeature(...doublingJobs),
        QueueWorkerModule.forProcessors(doublingJobs.map(processorOf)),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    producers = doublingJobs.map((job) => app.get(getJobProducerToken(job), { strict: false }));
  });

  afterAll(async () => {
    await app.close();
    await admin.end();
    await database.drop();
  });

  it('share one pool and one listening connection', async () => {
    let most = 0;
    let done = false;
    const work = Promise.all(producers.map(addAndWatch)).finally(() => {
      done = true;
    });
    await until(async () => {
      most = Math.max(most, await connections());
      return done;
    }, PATIENT);
    expect(await work).toEqual(doublingJobs.map(() => 'completed'));
    expect(most).toBe(POOL_MAX + 1);
  }, 150_000);

  it('lose no job when every connection is ended while they flow, and do not all complain', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    const perQueue = 8;
    const already = await completed();
    const values = Array.from({ length: perQueue }, (_, value) => ({ data: { value } }));
    await Promise.all(producers.map((producer) => producer.addBulk(values)));

    const rounds = 3;
    for (let round = 0; round < rounds; round += 1) {
      const before = await completed();
      await until(async () => (await completed()) > before, PATIENT);
      await until(async () => (await endConnections()) > 0, PATIENT);
    }

    await until(async () => (await completed()) === already + JOBS * perQueue, PATIENT);
    expect(await failed()).toBe(0);
    const lines = warn.mock.calls.filter(([line]) => String(line).includes('cannot be reached'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(2 * rounds);
  }, 300_000);

  async function addAndWatch(producer: JobProducer<DoublingJob>) {
    const { queue, id } = await producer.add({ value: 1 });
    for await (const snapshot of app.get(JobsReader).watch(queue, id)) {
      if (hasEnded(snapshot)) return snapshot.state;
    }
    return 'gone';
  }

  async function count(query: string, parameters: string[]): Promise<number> {
    const { rows } = await admin.query<{ count: number }>(query, parameters);
    return rows[0]?.count ?? 0;
  }

  function connections(): Promise<number> {
    const query = 'SELECT count(*)::int FROM pg_stat_activity WHERE application_name = $1';
    return count(query, [APPLICATION]);
  }

  /** @returns how many there were */
  function endConnections(): Promise<number> {
    const query =
      'SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity WHERE application_name = $1';
    return count(query, [APPLICATION]);
  }

  function completed(): Promise<number> {
    return count('SELECT count(*)::int FROM bullmq.job WHERE state = $1', ['completed']);
  }

  function failed(): Promise<number> {
    return count('SELECT count(*)::int FROM bullmq.job WHERE state = $1', ['failed']);
  }
});
