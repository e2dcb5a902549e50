import { stop as stopEsbuild } from 'esbuild';
import { reportJob } from '@libs/jobs/report';
import { DeadJobs } from '@libs/queue';
import { JobHost, JobProcessor, NonRetryableError } from '@libs/queue/consumer';
import { startProcessor, type QueueHarness } from '@libs/queue/testing';
import { createTestDatabase, type TestDatabase } from '@libs/testing';
import deadExecutor from './dead.executor';
import { commandContext } from '../testing/command-context';

const data = { reportId: 'e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b11' };

@JobProcessor(reportJob)
class FailingProcessor extends JobHost<typeof reportJob> {
  handle(): never {
    throw new NonRetryableError('bad on purpose');
  }
}

const context = commandContext('worker');

// Both stores: libs/queue/src/dead.
describe('nx run worker:dead', () => {
  let database: TestDatabase;
  let harness: QueueHarness<typeof reportJob>;
  let stderr: jest.SpyInstance;
  const outer = { ...process.env };

  beforeAll(async () => {
    database = await createTestDatabase();
    harness = await startProcessor(FailingProcessor, { url: database.url });
    process.env['DATABASE_URL'] = database.url;
    delete process.env['QUEUE_URL'];
  });
  afterAll(async () => {
    process.env = { ...outer };
    await harness.close();
    await stopEsbuild();
    await database.drop();
  });
  beforeEach(() => {
    stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  const dead = async (options: Record<string, unknown>) =>
    (await deadExecutor(options, context)).success;
  const ids = async () => (await harness.app.get(DeadJobs).list()).jobs.map(({ id }) => id);

  it('lists, shows, redrives and removes', async () => {
    const { id } = await harness.run(data);
    expect(await dead({})).toBe(true);
    expect(await dead({ job: 'report', json: true })).toBe(true);
    expect(await dead({ id })).toBe(true);
    expect(await dead({ id, redrive: true })).toBe(true);
    for await (const job of harness.jobs.watch('report', id)) expect(job.id).toBe(id);
    expect(await ids()).toEqual([id]);
    expect(await harness.app.get(DeadJobs).log('report', id)).toHaveLength(1);

    expect(await dead({ job: 'report', redrive: true, all: true })).toBe(true);
    for await (const job of harness.jobs.watch('report', id)) expect(job.id).toBe(id);
    expect(await harness.app.get(DeadJobs).log('report', id)).toHaveLength(2);

    expect(await dead({ id: Number(id), remove: true })).toBe(true);
    expect(await ids()).toEqual([]);
    expect(await dead({ id, redrive: true })).toBe(false);
  });

  it('says that no queue store is configured', async () => {
    delete process.env['DATABASE_URL'];
    try {
      expect(await dead({})).toBe(false);
      expect(stderr.mock.calls.join()).toContain('No queue store configured. Set QUEUE_URL');
    } finally {
      process.env['DATABASE_URL'] = database.url;
    }
  });
});
