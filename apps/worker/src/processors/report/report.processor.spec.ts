import { randomUUID } from 'node:crypto';
import { Report } from '@libs/data-access/reports';
import { createMigratedDatabase } from '@libs/data-access/testing';
import { reportDays, reportJob } from '@libs/jobs/report';
import { reportDayJob } from '@libs/jobs/report-day';
import { type JobContext, JobHost, JobProcessor } from '@libs/queue/consumer';
import { QueueModule, startProcessor } from '@libs/queue/testing';
import { type TestDatabase, until } from '@libs/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import { createPostgresBackend, withBackend } from 'bullmq';
import { DataSource } from 'typeorm';
import { loadWorkerConfig } from '@libs/worker-app/config';
import { SettingsModule } from '@libs/worker-app/settings.module';
import { worker as definition } from '../../worker';
import { ReportProcessor } from './report.processor';

/** What was stored, by day. */
const stored = new Map<string, { notifications: number; images: number }>();

/** In place of the processor of days, which has a test of its own. */
@JobProcessor(reportDayJob, { concurrency: 5 })
class StoredDays extends JobHost<typeof reportDayJob> {
  handle({ data: { day } }: JobContext<typeof reportDayJob>) {
    const counts = stored.get(day);
    if (counts === undefined) throw new Error('The query took too long.');
    return { day, ...counts };
  }
}

describe('the report processor', () => {
  const jobs = QueueModule.forTesting({ processors: [ReportProcessor, StoredDays] });
  let database: TestDatabase;
  let module: TestingModule;
  let source: DataSource;

  const settings = () =>
    SettingsModule.for(loadWorkerConfig(definition, { DATABASE_URL: database.url }));

  beforeAll(async () => {
    database = await createMigratedDatabase();
    module = await Test.createTestingModule({ imports: [settings(), jobs] }).compile();
    await module.init();
    source = module.get(DataSource);
  });

  beforeEach(() => {
    jobs.clear();
  });

  afterAll(async () => {
    await module.close();
    await database.drop();
  });

  /** Stores a report, as the api does, and makes the children of its job. */
  async function store(from: string, to: string, reportId: string) {
    const period = { from, to };
    await source.getRepository(Report).upsert({ id: reportId, ...period }, ['id']);
    return {
      days: reportDays(period).map((day) => ({ data: { day }, options: { attempts: 1 } })),
    };
  }

  /** Adds the job of a new report and waits until it has ended. */
  async function run(from: string, to: string) {
    const reportId = randomUUID();
    const children = await store(from, to, reportId);
    return { reportId, job: await ended(reportId, children) };
  }

  async function ended(reportId: string, children?: Awaited<ReturnType<typeof store>>) {
    await jobs.add(reportJob, { reportId }, { children });
    await jobs.drain({ failures: 'report' });
    return jobs.ended(reportJob)[0];
  }

  /** Runs a completed job a second time, as if its worker had died after the work. */
  async function runAgain(id: string): Promise<void> {
    const queue = new (withBackend(createPostgresBackend).Queue)('report', {
      connection: database.url,
    });
    await (await queue.getJob(id))?.retry('completed');
    const job = () => queue.getJob(id);
    await until(async () => ((await job())?.attemptsMade ?? 0) === 2);
    await queue.close();
  }

  const reportOf = (id: string) =>
    source.getRepository(Report).findOneOrFail({
      where: { id },
      select: { id: true, csv: true, finishedAt: true },
    });

  it('writes a line for each day, from the first to the last', async () => {
    stored.set('2025-02-28', { notifications: 3, images: 0 });
    stored.set('2025-03-01', { notifications: 0, images: 1 });
    stored.set('2025-03-02', { notifications: 1, images: 1 });
    const { reportId, job } = await run('2025-02-28', '2025-03-02');
    const { csv, finishedAt } = await reportOf(reportId);
    expect(csv).toBe(
      ['day,notifications,images', '2025-02-28,3,0', '2025-03-01,0,1', '2025-03-02,1,1', ''].join(
        '\r\n',
      ),
    );
    expect(finishedAt).toBeInstanceOf(Date);
    expect(job).toMatchObject({
      state: 'completed',
      result: { days: 3, notifications: 4, images: 2 },
    });
  });

  it('writes the report once, however often the same job is run by a worker', async () => {
    const { url } = database;
    const worker = await startProcessor(ReportProcessor, { url, imports: [settings()] });
    const days = await startProcessor(StoredDays, { url });
    const reportId = randomUUID();
    const runOnce = async () =>
      worker.run({ reportId }, { children: await store('2020-01-01', '2020-01-01', reportId) });
    stored.set('2020-01-01', { notifications: 0, images: 0 });
    const first = await runOnce();
    const before = await reportOf(reportId);

    await runAgain(first.id);
    expect(await reportOf(reportId)).toEqual(before);
    expect(await worker.jobs.get('report', first.id)).toMatchObject({ result: first.result });

    // Another job for the same report is a new request.
    stored.set('2020-01-01', { notifications: 1, images: 0 });
    expect(await runOnce()).toMatchObject({ result: { notifications: 1 } });
    expect((await reportOf(reportId)).csv).toContain('2020-01-01,1,0');
    await Promise.all([worker.close(), days.close()]);
  });

  it('fails, naming the day, when a day cannot be counted', async () => {
    stored.set('2021-01-01', { notifications: 1, images: 1 });
    const { reportId, job } = await run('2021-01-01', '2021-01-02');
    expect(job).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining(
        `Its child "report-day" ${job?.id}.days.1 has failed`,
      ) as string,
    });
    expect((await reportOf(reportId)).csv).toBeNull();
  });

  it('fails at once when the report is gone', async () => {
    const reportId = randomUUID();
    expect(await ended(reportId)).toMatchObject({
      state: 'failed',
      attempts: 1,
      failure: `There is no report ${reportId}.`,
    });
  });

  it('fails at once, and writes nothing, when its days were not added with it', async () => {
    const reportId = randomUUID();
    await source
      .getRepository(Report)
      .insert({ id: reportId, from: '2025-01-01', to: '2025-01-31' });
    expect(await ended(reportId)).toMatchObject({
      state: 'failed',
      attempts: 1,
      failure: `The job of report ${reportId} has 0 of its 31 days. Add it with a child per day, as POST /reports does.`,
    });
    expect((await reportOf(reportId)).csv).toBeNull();
  });
});
