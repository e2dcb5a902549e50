import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { type Job, Queue } from 'bullmq';
import pg from 'pg';
import * as z from 'zod';
import { until } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { DeadJobs } from '../dead/dead-jobs';
import { openQueueStore } from '../store/open-queue-store';
import type { QueueStore } from '../store/queue-store';
import {
  createTestStore,
  describeOnEachStore,
  type StoreKind,
  type TestStore,
} from '../store/testing/each-store';
import { type QueueHarness, startProcessor } from '../testing';
import type { JobContext } from '../attempt/job-context';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';

const orderJob = defineJob({
  name: 'order',
  data: z.strictObject({ item: z.string(), count: z.number() }),
  result: z.object({ length: z.number() }),
  options: { attempts: 3, backoff: 1 },
});

@JobProcessor(orderJob)
class OrderProcessor extends JobHost<typeof orderJob> {
  handle({ data }: JobContext<typeof orderJob>) {
    return { length: data.item.length };
  }
}

interface Corruption {
  what: string;
  /** Fields of the hash, undefined to delete one; or columns of the row, in SQL. */
  fields: Record<string, string | undefined> | undefined;
  failure: RegExp;
}

const CORRUPTIONS: Record<StoreKind, Corruption[]> = {
  redis: [
    {
      what: 'data that is cut off',
      fields: { data: '{"item":"pe' },
      failure: /The job \d+ of "order" was not run: what is stored as its data is not JSON/,
    },
    {
      what: 'options that are cut off',
      fields: { opts: '{"att' },
      failure: /its options is not JSON/,
    },
    {
      what: 'progress that is no JSON',
      fields: { progress: 'half' },
      failure: /its progress is not/,
    },
    { what: 'no name', fields: { name: undefined }, failure: /a job named "undefined"/ },
    {
      what: 'no data',
      fields: { data: undefined },
      failure: /breaks the contract: item: .*count: /,
    },
    { what: 'nothing of it', fields: undefined, failure: /a job named "undefined"/ },
  ],
  postgres: [
    { what: 'null as its data', fields: { data: `'null'` }, failure: /item: .*count: / },
    { what: 'a text as its data', fields: { data: `'"{"'` }, failure: /expected object, received/ },
    { what: 'a text as its options', fields: { opts: `'"x"'`, name: `'x'` }, failure: /named "x"/ },
    {
      what: 'a list as its options',
      fields: { opts: `'[1]'`, data: `'1'` },
      failure: /expected obj/,
    },
    { what: 'no name', fields: { name: `''` }, failure: /a job named ""/ },
  ],
};

describeOnEachStore('a job that was not stored by a producer of this contract', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof orderJob>;
  let dead: DeadJobs;
  /** Adds jobs as another program would. */
  let foreign: Queue;
  let foreignStore: QueueStore;

  beforeAll(async () => {
    jest.spyOn(Logger.prototype, 'error').mockImplementation();
    store = await createTestStore(kind);
    harness = await startProcessor(OrderProcessor, { url: store.url });
    dead = harness.app.get(DeadJobs, { strict: false });
    foreignStore = await openQueueStore({ url: store.url, applicationName: 'foreign' });
    foreign = new Queue('order', { connection: foreignStore });
  });

  afterAll(async () => {
    await foreign.close();
    await foreignStore.close();
    await harness.close();
    await store.drop();
  });

  /** Stores a job and another behind it, and changes the first before a worker can see it. */
  async function storeWith(fields: Corruption['fields']): Promise<[bad: Job, good: Job]> {
    await foreign.pause();
    const bad = await foreign.add('order', { item: 'pen', count: 1 }, { attempts: 3 });
    const good = await foreign.add('order', { item: 'pencil', count: 1 });
    await corrupt(store, bad.id ?? '', fields);
    await foreign.resume();
    return [bad, good];
  }

  it.each(CORRUPTIONS[kind])(
    'with $what fails at once and for good, says why, and does not keep back the next',
    async ({ fields, failure }) => {
      const [{ id = '' }, good] = await storeWith(fields);
      await until(async () => (await foreign.getJobState(good.id ?? '')) === 'completed');
      expect(await foreign.getJobState(id)).toBe('failed');

      const job = await dead.get('order', id);
      expect(job.failure).toMatch(failure);
      expect(job.attempts.made).toBe(1);
      // Nor does it hide the other jobs from an operator.
      expect((await dead.list()).jobs.map((each) => each.id)).toContain(id);
      expect(await harness.jobs.get('order', id)).toMatchObject({ id, state: 'failed' });
      expect(JSON.stringify(job)).toContain(id);
      await expect(dead.redrive('order', id)).rejects.toThrow('was not redriven');
      await dead.remove('order', id);
      expect(await foreign.getJobState(id)).toBe('unknown');
    },
  );

  it.each([
    ['an older contract (a field is missing)', { item: 'pen' }, /count: Invalid input/],
    ['a newer contract (a field too many)', { item: 'pen', count: 1, at: 1 }, /key: "at"/],
    ['a contract that renamed a field', { name: 'pen', count: 1 }, /item: .*key: "name"/],
    ['a contract with another type', { item: 'pen', count: '1' }, /count: .*expected number/],
  ])('but of %s fails at once, and names the fields', async (_, data, failure) => {
    const { id = '' } = await foreign.add('order', data, { attempts: 3 });
    expect(await harness.run({ item: 'pencil', count: 1 })).toMatchObject({ state: 'completed' });
    await until(async () => (await foreign.getJobState(id)) === 'failed');
    const job = await dead.get('order', id);
    expect(job.failure).toMatch(failure);
    expect(job.attempts.made).toBe(1);
    await dead.remove('order', id);
  });

  it('but is of 4 MB is run, or fails naming the field, without keeping back the next', async () => {
    const timers = jest.spyOn(globalThis, 'setInterval');
    const item = 'x'.repeat(4 * 1024 * 1024);
    const large = await foreign.add('order', { item, count: 1 });
    const wrong = await foreign.add('order', { item, count: item });
    const { state } = await harness.run({ item: 'pencil', count: 1 });
    expect(state).toBe('completed');
    await until(async () => (await foreign.getJobState(wrong.id ?? '')) === 'failed');
    expect((await dead.get('order', wrong.id ?? '')).failure).toMatch(/count: Invalid input/);
    expect(await harness.jobs.get('order', large.id ?? '')).toMatchObject({
      state: 'completed',
      result: { length: item.length },
    });
    // The parser of Redis' replies releases the memory of large ones in steps, which takes seconds.
    for (const { value } of timers.mock.results) (value as NodeJS.Timeout).unref();
  });
});

async function corrupt(store: TestStore, id: string, fields: Corruption['fields']): Promise<void> {
  if (store.kind === 'postgres') {
    const client = new pg.Client(store.url);
    await client.connect();
    const set = Object.entries(fields ?? {}).map(([column, sql]) => `${column} = ${sql}`);
    await client.query(`UPDATE bullmq.job SET ${set.join(', ')} WHERE id = $1`, [id]);
    await client.end();
    return;
  }
  const client = new Redis(store.url);
  const key = `bull:order:${id}`;
  if (fields === undefined) await client.del(key);
  for (const [field, value] of Object.entries(fields ?? {})) {
    if (value === undefined) await client.hdel(key, field);
    else await client.hset(key, field, value);
  }
  await client.quit();
}
