import { stop as stopEsbuild } from 'esbuild';
import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { reportJob } from '@libs/jobs/report';
import { JobHost, JobProcessor } from '@libs/queue/consumer';
import { startProcessor, type QueueHarness } from '@libs/queue/testing';
import { createTestDatabase, type TestDatabase } from '@libs/testing';
import { commandContext } from '../testing/command-context';
import cancelExecutor from './cancel.executor';
import concurrencyExecutor from './concurrency.executor';
import drainExecutor from './drain.executor';
import pauseExecutor from './pause.executor';
import queuesExecutor from './queues.executor';
import resumeExecutor from './resume.executor';
import schedulesExecutor from './schedules.executor';

@JobProcessor(reportJob)
class EmptyReportProcessor extends JobHost<typeof reportJob> {
  handle() {
    return { days: 0, notifications: 0, images: 0 };
  }
}

describe('the commands that operate the queues of a worker', () => {
  let database: TestDatabase;
  let harness: QueueHarness<typeof reportJob>;
  let queue: Queue;
  const outer = { ...process.env };
  const context = commandContext('worker');

  beforeAll(async () => {
    database = await createTestDatabase();
    harness = await startProcessor(EmptyReportProcessor, { url: database.url });
    queue = harness.app.get(getQueueToken('report'));
    process.env['DATABASE_URL'] = database.url;
    delete process.env['QUEUE_URL'];
  });
  afterAll(async () => {
    process.env = { ...outer };
    await harness.close();
    await stopEsbuild();
    await database.drop();
  });

  it('pause and resume reach the queue', async () => {
    expect(await pauseExecutor({ job: 'report' }, context)).toEqual({ success: true });
    expect(await queue.isPaused()).toBe(true);
    expect(await resumeExecutor({ all: true, json: true }, context)).toEqual({ success: true });
    expect(await queue.isPaused()).toBe(false);
  });

  it('cancel reaches the job', async () => {
    const reportId = 'e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b11';
    const { id } = await harness.producer.add({ reportId }, { delay: 3_600_000 });
    const options = { job: 'report', id, reason: 'Not needed.' };
    expect(await cancelExecutor(options, context)).toEqual({ success: true });
    expect(await harness.jobs.get('report', id)).toMatchObject({
      state: 'cancelled',
      failure: 'Not needed.',
    });
  });

  it('shows queues, drains one after a warning, and limits it', async () => {
    expect(await pauseExecutor({ job: 'report' }, context)).toEqual({ success: true });
    await harness.producer.add({ reportId: 'e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b11' });
    expect(await queuesExecutor({}, context)).toEqual({ success: true });
    expect(await drainExecutor({ job: 'report' }, context)).toEqual({ success: false });
    expect(await queue.getCountsPerPriority([0])).toEqual({ 0: 1 });
    expect(await drainExecutor({ job: 'report', force: true }, context)).toEqual({ success: true });
    expect(await queue.getCountsPerPriority([0])).toEqual({ 0: 0 });
    expect(await concurrencyExecutor({ job: 'report', global: 5 }, context)).toEqual({
      success: true,
    });
    expect(await queue.getGlobalConcurrency()).toBe(5);
  });

  it('schedules lists them, also if there are none', async () => {
    expect(await schedulesExecutor({ json: true }, context)).toEqual({ success: true });
    expect(await schedulesExecutor({ run: 'report' }, context)).toEqual({ success: false });
  });

  it('ends with an error if the options name no queue', async () => {
    expect(await pauseExecutor({}, context)).toEqual({ success: false });
  });
});
