import { randomUUID } from 'node:crypto';
import { loadConfig } from '@libs/config';
import { Report } from '@libs/data-access/reports';
import { createMigratedDatabase } from '@libs/data-access/testing';
import type { reportJob } from '@libs/jobs/report';
import { type QueueHarness, startProcessor } from '@libs/queue/testing';
import { type TestDatabase, until } from '@libs/testing';
import { createPostgresBackend, withBackend } from 'bullmq';
import { DataSource } from 'typeorm';
import { workerConfig } from '../../config';
import { SettingsModule } from '../../settings.module';
import { ReportProcessor } from './report.processor';

describe('the report processor', () => {
  let database: TestDatabase;
  let worker: QueueHarness<typeof reportJob>;
  let source: DataSource;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    worker = await startProcessor(ReportProcessor, {
      url: database.url,
      imports: [SettingsModule.for(loadConfig(workerConfig, { DATABASE_URL: database.url }))],
    });
    source = worker.app.get(DataSource);
    // Days are UTC, whatever the database's time zone.
    await source.query(`ALTER DATABASE "${database.name}" SET timezone TO 'Pacific/Auckland'`);
    await source.query(`
      INSERT INTO notifications (id, recipient, subject, body, created_at)
      SELECT gen_random_uuid(), 'ada@example.com', 's', 'b', at::timestamptz
      FROM unnest(ARRAY[
        '2025-02-27 23:59:59.999Z',
        '2025-02-28 00:00:00Z', '2025-02-28 12:00:00Z', '2025-02-28 23:59:59.999999Z',
        '2025-03-02 05:00:00Z',
        '2025-03-03 00:00:00Z'
      ]) AS at`);
    await source.query(`
      INSERT INTO images (id, content_type, width, height, bytes, created_at)
      SELECT gen_random_uuid(), 'image/png', 1, 1, '', at::timestamptz
      FROM unnest(ARRAY['2025-03-01 13:00:00Z', '2025-03-02 00:00:00Z']) AS at`);
  });

  afterAll(async () => {
    await worker.close();
    await database.drop();
  });

  async function request(from: string, to: string): Promise<string> {
    const id = randomUUID();
    await source.getRepository(Report).insert({ id, from, to });
    return id;
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

  const stored = (id: string) =>
    source.getRepository(Report).findOneOrFail({
      where: { id },
      select: { id: true, csv: true, finishedAt: true },
    });

  it('counts each day from the first to the last, in UTC, and shows 0 for a day without anything', async () => {
    const reportId = await request('2025-02-27', '2025-03-03');
    const job = await worker.run({ reportId });
    expect((await stored(reportId)).csv).toBe(
      [
        'day,notifications,images',
        '2025-02-27,1,0',
        '2025-02-28,3,0',
        '2025-03-01,0,1',
        '2025-03-02,1,1',
        '2025-03-03,1,0',
        '',
      ].join('\r\n'),
    );
    expect(job).toMatchObject({
      state: 'completed',
      progress: 100,
      result: { days: 5, notifications: 6, images: 2 },
    });
  });

  it('leaves out what is before and after a single day', async () => {
    const reportId = await request('2025-02-28', '2025-02-28');
    await worker.run({ reportId });
    const { csv, finishedAt } = await stored(reportId);
    expect(csv).toBe('day,notifications,images\r\n2025-02-28,3,0\r\n');
    expect(finishedAt).toBeInstanceOf(Date);
  });

  it('shows only zeros for a period in which nothing was stored', async () => {
    const reportId = await request('1999-12-31', '2000-01-01');
    expect(await worker.run({ reportId })).toMatchObject({
      result: { days: 2, notifications: 0, images: 0 },
    });
  });

  it('writes the report once, however often the same job is run', async () => {
    const reportId = await request('2020-01-01', '2020-01-01');
    const first = await worker.run({ reportId });
    const before = await stored(reportId);
    await source.query(`
      INSERT INTO notifications (id, recipient, subject, body, created_at)
      VALUES (gen_random_uuid(), 'ada@example.com', 's', 'b', '2020-01-01 12:00:00Z')`);

    await runAgain(first.id);
    expect(await stored(reportId)).toEqual(before);
    expect(await worker.jobs.get('report', first.id)).toMatchObject({ result: first.result });

    // Another job for the same report is a new request.
    expect(await worker.run({ reportId })).toMatchObject({ result: { notifications: 1 } });
    expect((await stored(reportId)).csv).toContain('2020-01-01,1,0');
  });

  it('fails at once when the report is gone', async () => {
    const reportId = randomUUID();
    expect(await worker.run({ reportId })).toMatchObject({
      state: 'failed',
      attempts: { made: 1 },
      failure: `There is no report ${reportId}.`,
    });
  });
});

describe('a report that takes too long to count', () => {
  it('is cut off by the time limit of its data source, and takes nothing from the main one', async () => {
    const database = await createMigratedDatabase();
    const config = loadConfig(workerConfig, {
      DATABASE_URL: database.url,
      DATABASE_POOL_MAX: '2',
      DATABASE_REPORTS_STATEMENT_TIMEOUT: '2s',
    });
    const worker = await startProcessor(ReportProcessor, {
      url: database.url,
      imports: [SettingsModule.for(config)],
    });
    const source = worker.app.get(DataSource);
    const id = randomUUID();
    await source.getRepository(Report).insert({ id, from: '2026-01-01', to: '2026-01-02' });

    // The images cannot be counted before this transaction ends.
    const locking = source.createQueryRunner();
    await locking.startTransaction();
    await locking.query('LOCK TABLE images IN ACCESS EXCLUSIVE MODE');
    const job = await worker.run({ reportId: id }, { attempts: 1 });
    expect(job).toMatchObject({
      state: 'failed',
      failure: 'canceling statement due to statement timeout',
    });
    await locking.rollbackTransaction();
    await locking.release();

    expect(await worker.run({ reportId: id })).toMatchObject({ state: 'completed' });
    await worker.close();
    await database.drop();
  });
});
