import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { until } from '@libs/testing';
import * as z from 'zod';
import { defineJob, QueueModule } from '..';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { QueueAdmin } from './queue-admin';
import { SharedQueueStatus } from './shared-queue-status';

const mailJob = defineJob({ name: 'mail', data: z.object({}) });
const fileJob = defineJob({ name: 'file', data: z.object({}) });

describeOnEachStore('the status of queues that several processes ask for', (kind) => {
  let store: TestStore;
  let processes: TestingModule[];
  let reads: jest.SpyInstance;

  beforeAll(async () => {
    jest.spyOn(Logger.prototype, 'log').mockImplementation();
    store = await createTestStore(kind);
    const start = () =>
      Test.createTestingModule({
        imports: [
          QueueModule.forRoot({ url: store.url }),
          QueueModule.forFeature(mailJob, fileJob),
        ],
      }).compile();
    processes = await Promise.all([start(), start(), start()]);
    await Promise.all(processes.map((app) => app.init()));
  });

  beforeEach(() => {
    reads = jest.spyOn(QueueAdmin.prototype, 'status');
  });

  afterEach(() => {
    reads.mockRestore();
  });

  afterAll(async () => {
    await Promise.all(processes.map((app) => app.close()));
    await store.drop();
  });

  const shared = () => processes.map((app) => app.get(SharedQueueStatus));
  const all = (maxAge?: number) =>
    Promise.all(shared().map((each) => each.read(undefined, { maxAge })));

  it('is read once for all of them, and given to all', async () => {
    const producer = processes[0]?.get<JobProducer<typeof mailJob>>(getJobProducerToken(mailJob), {
      strict: false,
    });
    await producer?.add({});
    for (let round = 0; round < 5; round += 1) await all();
    const answers = await all();
    // Both queues in one question, or each in one of its own.
    const questions = reads.mock.calls.flatMap(([names]) => names as string[]);
    expect(questions.sort()).toEqual(['file', 'mail']);
    for (const answer of answers) {
      expect(answer).toMatchObject([
        { queue: 'file', waiting: 0, paused: false },
        { queue: 'mail', waiting: 1, oldestSince: expect.any(Date) as Date },
      ]);
      expect(answer).toEqual(answers[0]);
    }
  });

  it('is read again by one of them when it is too old', async () => {
    await processes[0]?.get(QueueAdmin).pause('mail', { by: 'ada' });
    await until(async () => {
      const [first = []] = await all(1);
      return first.every(({ queue, paused }) => paused === (queue === 'mail'));
    });
    reads.mockClear();
    const answers = await all(60_000);
    expect(reads).not.toHaveBeenCalled();
    expect(answers[2]?.[1]).toMatchObject({ pausedBy: 'ada', pausedAt: expect.any(Date) as Date });
  });

  it('is that of before while one of them cannot read it', async () => {
    reads.mockRejectedValue(new Error('the statement was too slow'));
    const results = await Promise.allSettled(
      shared().map((each) => each.read(['mail'], { maxAge: 200 })),
    );
    const answers = results.flatMap((result) =>
      result.status === 'fulfilled' ? result.value : [],
    );
    expect(answers.length).toBeGreaterThanOrEqual(2);
    expect(answers.every(({ queue, paused }) => queue === 'mail' && paused)).toBe(true);
  });

  it('is not read of a queue that the application does not have', async () => {
    await expect(shared()[0]?.read(['mal'])).rejects.toThrow('There is no queue "mal"');
  });
});
