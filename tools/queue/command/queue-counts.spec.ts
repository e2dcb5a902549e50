import { join } from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import { reportJob } from '@libs/jobs/report';
import {
  defineJob,
  getJobProducerToken,
  type JobContract,
  type JobProducer,
  migrateQueueStore,
  QueueModule,
} from '@libs/queue';
import {
  createTestDatabase,
  createTestRedis,
  hasTestRedis,
  type TestDatabase,
} from '@libs/testing';
import { Test } from '@nestjs/testing';
import { DiskFiles, findContract, projectsOnDisk, readQueueWorkspace } from '../workspace/index';
import { moveRenamed } from './move-renamed';
import { queueCounts } from './queue-counts';
import { QueueStoreSilentError } from './store-command';

const ROOT = join(__dirname, '../../..');
const ROOTS = ['apps/worker', 'libs/jobs', 'libs/queue'];

function contract() {
  const files = new DiskFiles(ROOT);
  const projects = projectsOnDisk(
    files,
    ROOTS.map((root) => `${root}/project.json`),
  );
  return findContract(readQueueWorkspace(files, projects), 'report');
}

const counts = () => queueCounts(ROOT, ROOTS, contract());

/** The job of this workspace under the name of before. */
const formerJob = defineJob({ name: 'old-report', data: reportJob.data });

async function add(url: string, count: number, job: JobContract = reportJob): Promise<void> {
  const module = await Test.createTestingModule({
    imports: [QueueModule.forRoot({ url }), QueueModule.forFeature(job)],
  }).compile();
  await module.init();
  const producer = module.get<JobProducer<typeof reportJob>>(getJobProducerToken(job), {
    strict: false,
  });
  for (let index = 0; index < count; index++) {
    await producer.add(
      { reportId: `e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b1${index}` },
      { delay: index === 0 ? 60_000 : 0 },
    );
  }
  await module.close();
}

/** Jobs of an earlier name of the job become its own. */
async function expectMove(url: string): Promise<void> {
  await add(url, 3, formerJob);
  const before = await counts();
  const moved = await moveRenamed(ROOT, ROOTS, 'old-report', 'report');
  expect(moved.text).toMatch(
    /^Queues: .+\n3 jobs of the queue "old-report" were moved to "report": 2 waiting, 1 delayed\.$/,
  );
  expect(moved.isComplete).toBe(true);
  const { waiting, delayed } = await counts();
  expect([waiting, delayed]).toEqual([before.waiting + 2, before.delayed + 1]);
}

describe('the jobs in the store that the commands of the workspace use', () => {
  const outer = { ...process.env };
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(() => {
    process.env['DATABASE_URL'] = database.url;
    delete process.env['QUEUE_URL'];
  });
  afterAll(async () => {
    process.env = outer;
    await stopEsbuild();
    await database.drop();
  });

  it('are none in a database that has never had one, and are counted by state', async () => {
    expect(await counts()).toMatchObject({ waiting: 0, delayed: 0, failed: 0 });

    await migrateQueueStore(database.url);
    await add(database.url, 3);

    const { store, ...jobs } = await counts();
    expect(store).toMatch(/^PostgreSQL .+/);
    expect(jobs).toMatchObject({ waiting: 2, delayed: 1, running: 0, failed: 0 });
  });

  it('follow a new name', async () => {
    await migrateQueueStore(database.url);
    await expectMove(database.url);
  });

  // In CI a missing server fails the test.
  const withRedis = hasTestRedis() || process.env['CI'] === 'true' ? it : it.skip;
  withRedis('are those of Redis if the queues are there', async () => {
    const redis = await createTestRedis();
    process.env['QUEUE_URL'] = redis.url;
    try {
      await add(redis.url, 2);
      const { store, ...jobs } = await counts();
      expect(store).toMatch(/^Redis .+/);
      expect(jobs).toMatchObject({ waiting: 1, delayed: 1 });
      await expectMove(redis.url);
    } finally {
      await redis.drop();
    }
  });

  it('are not known if the store does not answer, and its reason is given', async () => {
    process.env['QUEUE_URL'] = 'redis://127.0.0.1:1';

    const asked = counts();

    await expect(asked).rejects.toThrow(QueueStoreSilentError);
    await expect(asked).rejects.toThrow(/cannot be asked for jobs of "report": .*127\.0\.0\.1:1/s);
  });
});
