import { Queue, Worker } from 'bullmq';
import pg from 'pg';
import * as z from 'zod';
import { until } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { JobHost } from '../processor/job-host';
import type { JobContext } from '../attempt/job-context';
import { JobProcessor } from '../processor/job-processor.decorator';
import { startProcessor } from '../testing/queue-harness';
import { acceptQueueStores } from './backend-dispatcher';
import { openQueueStore } from './open-queue-store';
import type { QueueStore } from './queue-store';
import { createTestStore, type TestStore } from './testing/each-store';

const JOBS = 30;

const keyedJob = defineJob({
  name: 'keyed',
  data: z.object({ tenant: z.string() }),
  limit: { by: ({ tenant }) => tenant, concurrency: 1 },
});

const keyed = { ran: [] as string[], running: new Map<string, number>(), most: 0 };

@JobProcessor(keyedJob, { concurrency: 5 })
class KeyedProcessor extends JobHost<typeof keyedJob> {
  async handle({ data: { tenant }, job }: JobContext<typeof keyedJob>) {
    const running = (keyed.running.get(tenant) ?? 0) + 1;
    keyed.most = Math.max(keyed.most, running);
    keyed.running.set(tenant, running);
    await new Promise((resolve) => setImmediate(resolve));
    keyed.running.set(tenant, running - 1);
    keyed.ran.push(job.id ?? '');
  }
}

acceptQueueStores();

/** Two jobs for each fetch: the same as 20 of 100,000. */
describe('delayed jobs on Postgres of which more are due at once than a fetch makes wait', () => {
  let store: TestStore;
  let admin: pg.Client;
  let opened: QueueStore;

  beforeAll(async () => {
    store = await createTestStore('postgres');
    admin = new pg.Client(store.url);
    await admin.connect();
    await admin.query(
      'CREATE OR REPLACE FUNCTION bullmq.due_batch() RETURNS integer LANGUAGE sql AS $$ SELECT 2 $$',
    );
    opened = await openQueueStore({ url: store.url });
    await opened.check();
  });

  afterAll(async () => {
    await opened.close();
    await admin.end();
    await store.drop();
  });

  async function count(queue: string, state: string): Promise<number> {
    const { rows } = await admin.query<{ count: string }>(
      'SELECT count(*) FROM bullmq.job WHERE queue = $1 AND state = $2::bullmq.job_state',
      [queue, state],
    );
    return Number(rows[0]?.count);
  }

  /** A queue in which all jobs are due. */
  async function openDue(name: string): Promise<Queue> {
    const queue = new Queue(name, { connection: opened });
    const one = { name, data: {}, opts: { delay: 3_600_000 } };
    await queue.addBulk(Array.from({ length: JOBS }, () => one));
    await makeDue(name);
    return queue;
  }

  const makeDue = (queue: string) =>
    admin.query('UPDATE bullmq.job SET process_at_ms = seq WHERE queue = $1', [queue]);

  async function run(queue: Queue, options: { fails?: boolean; concurrency?: number } = {}) {
    const { fails = false, concurrency = 10 } = options;
    const ran: string[] = [];
    const worker = new Worker(
      queue.name,
      (job) => {
        ran.push(job.id ?? '');
        return fails ? Promise.reject(new Error('on purpose')) : Promise.resolve();
      },
      { connection: opened, concurrency },
    );
    await until(async () => (await count(queue.name, fails ? 'failed' : 'completed')) === JOBS);
    await worker.close();
    await queue.close();
    return ran;
  }

  const each = Array.from({ length: JOBS }, (_, index) => String(index + 1));
  const sorted = (ids: readonly string[]) => [...ids].sort((a, b) => Number(a) - Number(b));

  it('wait a few at a time, those that are due first before others', async () => {
    const queue = await openDue('few');
    const backend = opened.backend('few', { connection: opened }, {});
    const [job, id] = (await backend.moveToActive('token', 'worker')) as unknown[];
    expect({ job: Boolean(job), id }).toEqual({ job: true, id: '1' });
    expect(await count('few', 'waiting')).toBe(1);
    expect(await count('few', 'delayed')).toBe(JOBS - 2);
    const { rows } = await admin.query(
      "SELECT event, data ->> 'jobId' AS job FROM bullmq.event WHERE queue = 'few' AND event IN ('waiting', 'active') ORDER BY id",
    );
    expect(rows).toEqual([
      { event: 'waiting', job: '1' },
      { event: 'waiting', job: '2' },
      { event: 'active', job: '1' },
    ]);
    await queue.close();
    await backend.close();
  });

  it('run once each, those that fail too', async () => {
    expect(sorted(await run(await openDue('all')))).toEqual(each);
    expect(sorted(await run(await openDue('failing'), { fails: true }))).toEqual(each);
    expect(await run(await openDue('single'), { concurrency: 1 })).toEqual(each);
  });

  it('run once each in a queue with a global concurrency and rate, and not in one that is paused', async () => {
    const queue = await openDue('limited');
    await queue.setGlobalConcurrency(2);
    await queue.setGlobalRateLimit(10, 100);
    await queue.pause();
    const backend = opened.backend('limited', { connection: opened }, {});
    expect((await backend.moveToActive('token', 'worker'))[0]).toBeFalsy();
    await backend.close();
    await queue.resume();
    expect(sorted(await run(queue))).toEqual(each);
  });

  it('wait for room in their key', async () => {
    const harness = await startProcessor(KeyedProcessor, { url: store.url });
    for (let index = 0; index < JOBS; index += 1) {
      await harness.producer.add({ tenant: `tenant ${index % 3}` }, { delay: 3_600_000 });
    }
    await makeDue('keyed');
    await admin.query("SELECT pg_notify('bullmq_jobs', 'keyed')");
    await until(() => keyed.ran.length === JOBS);
    expect(sorted(keyed.ran)).toEqual(each);
    expect(keyed.most).toBe(1);
    await harness.close();
  });
});
