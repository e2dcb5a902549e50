import { stop as stopEsbuild } from 'esbuild';
import { reportJob } from '@libs/jobs/report';
import { JobHost, JobProcessor, type JobContext } from '@libs/queue/consumer';
import { startProcessor, type QueueHarness } from '@libs/queue/testing';
import {
  createTestDatabase,
  createTestRedis,
  hasTestRedis,
  type TestDatabase,
} from '@libs/testing';
import { getQueueToken } from '@nestjs/bullmq';
import { type Queue, UnrecoverableError } from 'bullmq';
import { commandContext } from '../testing/command-context';
import enqueueExecutor from './enqueue.executor';

const GOOD = 'e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b11';
const BAD = '00000000-0000-4000-8000-000000000000';

@JobProcessor(reportJob)
class CountingProcessor extends JobHost<typeof reportJob> {
  static seen: string[] = [];

  handle({ data }: JobContext<typeof reportJob>) {
    CountingProcessor.seen.push(data.reportId);
    if (data.reportId === BAD) throw new UnrecoverableError('bad on purpose');
    return { days: 1, notifications: 0, images: 0 };
  }
}

const context = commandContext('worker');

describe('nx run worker:enqueue', () => {
  let database: TestDatabase;
  let harness: QueueHarness<typeof reportJob>;
  let stderr: jest.SpyInstance;
  const outer = { ...process.env };

  beforeAll(async () => {
    database = await createTestDatabase();
    harness = await startProcessor(CountingProcessor, { url: database.url });
    process.env['DATABASE_URL'] = database.url;
    delete process.env['QUEUE_URL'];
  });
  afterAll(async () => {
    process.env = outer;
    await harness.close();
    await stopEsbuild();
    await database.drop();
  });
  beforeEach(() => {
    CountingProcessor.seen = [];
    stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  const enqueue = (options: Record<string, unknown>) =>
    enqueueExecutor({ job: 'report', wait: true, ...options }, context);
  const data = (reportId: string): string => JSON.stringify({ reportId });

  it('adds a job that a worker does, and succeeds when it has', async () => {
    await expect(enqueue({ data: data(GOOD) })).resolves.toEqual({ success: true });
    expect(CountingProcessor.seen).toEqual([GOOD]);
  });

  // In CI a missing server fails the test.
  const withRedis = hasTestRedis() || process.env['CI'] === 'true' ? it : it.skip;
  withRedis(
    'says that a job has not reached the replicas that QUEUE_REPLICAS demands',
    async () => {
      const redis = await createTestRedis();
      Object.assign(process.env, { QUEUE_URL: redis.url, QUEUE_REPLICAS: '1' });
      try {
        const ended = await enqueue({ data: data(GOOD), wait: false });
        expect(ended).toEqual({ success: false });
      } finally {
        delete process.env['QUEUE_URL'];
        delete process.env['QUEUE_REPLICAS'];
        await redis.drop();
      }
    },
  );

  it('adds as many as it is told', async () => {
    await expect(enqueue({ data: data(GOOD), count: 3 })).resolves.toEqual({ success: true });
    expect(CountingProcessor.seen).toEqual([GOOD, GOOD, GOOD]);
  });

  it('adds a job with its children, and none if the contract has no such child', async () => {
    const days = [{ data: { day: '2027-01-01' } }, { data: { day: '2027-01-02' } }];
    const add = (children: object) =>
      enqueue({ data: data(GOOD), children: JSON.stringify(children), wait: false });
    await expect(add({ weeks: days })).resolves.toEqual({ success: false });
    await expect(add({ days })).resolves.toEqual({ success: true });
    const queue = harness.app.get<Queue>(getQueueToken('report-day'), { strict: false });
    const added = await queue.getJobs(['waiting']);
    expect(added.map((day) => day.data as unknown)).toEqual(
      expect.arrayContaining(days.map((day) => day.data)),
    );
    expect(added).toHaveLength(2);
    expect(CountingProcessor.seen).toEqual([]);
  });

  it('fails when the job does', async () => {
    await expect(enqueue({ data: data(BAD) })).resolves.toEqual({ success: false });
    expect(CountingProcessor.seen).toEqual([BAD]);
  });

  it('adds nothing if the data breaks the contract', async () => {
    await expect(enqueue({ data: data('1') })).resolves.toEqual({ success: false });
    await expect(enqueue({ data: data(GOOD) })).resolves.toEqual({ success: true });
    expect(CountingProcessor.seen).toEqual([GOOD]);
  });

  it('says in a sentence that there is no such job', async () => {
    await expect(enqueue({ job: 'raport' })).resolves.toEqual({ success: false });
    expect(stderr.mock.calls.join()).toContain(
      'There is no job "raport". Did you mean "report"? This workspace has:',
    );
  });

  it('asks the environment command where the queues are', async () => {
    delete process.env['DATABASE_URL'];
    const command = `node -p 'JSON.stringify({ DATABASE_URL: "${database.url}" })'`;

    await expect(enqueue({ data: data(GOOD), environmentCommand: command })).resolves.toEqual({
      success: true,
    });
    expect(CountingProcessor.seen).toEqual([GOOD]);
  });

  it('says in a sentence that the file of the password is not there', async () => {
    process.env['DATABASE_URL'] = database.url;
    process.env['DATABASE_PASSWORD_FILE'] = '/run/secrets/missing';
    try {
      await expect(enqueue({ data: data(GOOD) })).resolves.toEqual({ success: false });
    } finally {
      delete process.env['DATABASE_PASSWORD_FILE'];
    }
    expect(stderr.mock.calls.join()).toContain(
      'DATABASE_PASSWORD_FILE names /run/secrets/missing, which does not exist.',
    );
  });
});
