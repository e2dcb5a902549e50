import { Logger } from '@nestjs/common';
import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import * as z from 'zod';
import { until } from '@libs/testing';
import { DeadJobs, defineJob } from '..';
import { moveJobs } from '../admin/move-jobs';
import { JobHost, JobProcessor } from '../consumer';
import type { JobContext } from '../attempt/job-context';
import { QueueStore } from '../store/queue-store';
import { createTestStore, describeOnRedis, type TestStore } from '../store/testing/each-store';
import { type QueueHarness, startProcessor } from '../testing/queue-harness';

const welcome = z.object({ to: z.string() });
const digest = z.object({ to: z.string(), day: z.string() });

const mails = z.discriminatedUnion('name', [
  z.object({ name: z.literal('welcome'), data: welcome }),
  z.object({ name: z.literal('digest'), data: digest }),
]);

/** What an application with @nestjs/bullmq did by two names in one queue. */
const mailsJob = defineJob({
  name: 'mails',
  accepts: ['welcome', 'digest'],
  data: mails,
  version: 2,
  upgrade: (data, _from, name) => ({ name, data }) as z.input<typeof mails>,
  result: z.string(),
});

@JobProcessor(mailsJob)
class MailsProcessor extends JobHost<typeof mailsJob> {
  handle({ data: { name, data } }: JobContext<typeof mailsJob>) {
    return `${name} to ${data.to}`;
  }
}

describeOnRedis('jobs of plain BullMQ', () => {
  let store: TestStore;
  let connection: Redis;
  let plain: Queue;
  let worker: QueueHarness<typeof mailsJob> | undefined;

  beforeEach(async () => {
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    store = await createTestStore('redis');
    connection = new Redis(store.url, { maxRetriesPerRequest: null });
    plain = new Queue('mails', { connection });
  });
  afterEach(async () => {
    await worker?.close();
    worker = undefined;
    await plain.close();
    connection.disconnect();
    await store.drop();
  });

  const start = async () => (worker = await startProcessor(MailsProcessor, { url: store.url }));

  it('that are in Redis when the processor is deployed are run by it, by their old names', async () => {
    const before = await plain.addBulk([
      { name: 'welcome', data: { to: 'ada' } },
      { name: 'digest', data: { to: 'bob', day: 'monday' }, opts: { delay: 50 } },
      { name: 'digest', data: { to: 'eve', day: 'monday' }, opts: { priority: 3, attempts: 5 } },
    ]);

    const harness = await start();

    const results = async () =>
      Promise.all(before.map(async ({ id = '' }) => (await harness.jobs.get('mails', id))?.result));
    await until(async () => (await results()).every((result) => result !== undefined));
    expect(await results()).toEqual(['welcome to ada', 'digest to bob', 'digest to eve']);
    // And the new producer's beside them.
    const added = await harness.run({ name: 'welcome', data: { to: 'joe' } });
    expect(added.result).toBe('welcome to joe');
  });

  it('are answered where the old api waits for them', async () => {
    const events = new QueueEvents('mails', { connection });
    await events.waitUntilReady();
    await start();

    const job = await plain.add('welcome', { to: 'ada' });

    expect(await job.waitUntilFinished(events, 10_000)).toBe('welcome to ada');
    await events.close();
  });

  it('fail with a reason if their data breaks the contract, or their name is not accepted', async () => {
    const jobs = await plain.addBulk([
      { name: 'digest', data: { to: 'ada' } },
      { name: 'bill', data: { to: 'ada' } },
    ]);

    const harness = await start();

    const failures = async () =>
      Promise.all(jobs.map(async ({ id = '' }) => (await harness.jobs.get('mails', id))?.failure));
    await until(async () => (await failures()).every((failure) => failure !== undefined));
    expect(await failures()).toEqual([
      expect.stringContaining('data.day'),
      expect.stringContaining('or list the name in its "accepts"'),
    ]);
    const dead = harness.app.get(DeadJobs, { strict: false });
    await expect(dead.redrive('mails', jobs[0]?.id ?? '')).rejects.toThrow('data.day');
    await expect(dead.redrive('mails', jobs[1]?.id ?? '')).rejects.toThrow('named "bill"');
  });

  it('are moved from a queue whose name no contract can have, and run', async () => {
    const old = new Queue('MAIL_QUEUE', { connection });
    const { id = '' } = await old.add('welcome', { to: 'ada' }, { jobId: 'order-1' });
    const { app, jobs } = await start();

    await moveJobs(app.get(QueueStore, { strict: false }), { from: 'MAIL_QUEUE', to: 'mails' });

    await until(async () => (await jobs.get('mails', id))?.result === 'welcome to ada');
    await old.close();
  });
});
