import { createMigratedDatabase } from '@libs/data-access/testing';
import type { reportDayJob } from '@libs/jobs/report-day';
import { type QueueHarness, startProcessor } from '@libs/queue/testing';
import type { TestDatabase } from '@libs/testing';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { loadWorkerConfig } from '@libs/worker-app/config';
import { SettingsModule } from '@libs/worker-app/settings.module';
import { worker as definition } from '../../worker';
import { ReportDayProcessor } from './report-day.processor';

describe('the processor of a day', () => {
  let database: TestDatabase;
  let worker: QueueHarness<typeof reportDayJob>;
  let source: DataSource;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    const config = loadWorkerConfig(definition, {
      DATABASE_URL: database.url,
      DATABASE_POOL_MAX: '2',
      DATABASE_REPORTS_STATEMENT_TIMEOUT: '2s',
    });
    worker = await startProcessor(ReportDayProcessor, {
      url: database.url,
      imports: [SettingsModule.for(config)],
    });
    source = worker.app.get<DataSource>(getDataSourceToken('reports'));
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

  it.each([
    ['2025-02-27', 1, 0],
    ['2025-02-28', 3, 0],
    ['2025-03-01', 0, 1],
    ['2025-03-02', 1, 1],
    ['2025-03-03', 1, 0],
    ['1999-12-31', 0, 0],
  ])('counts what was stored on %s, in UTC', async (day, notifications, images) => {
    expect(await worker.run({ day })).toMatchObject({
      state: 'completed',
      result: { day, notifications, images },
    });
  });

  it('is cut off by the time limit of its data source', async () => {
    // The images cannot be counted before this transaction ends.
    const locking = source.createQueryRunner();
    await locking.startTransaction();
    await locking.query('LOCK TABLE images IN ACCESS EXCLUSIVE MODE');
    const job = await worker.run({ day: '2026-01-01' }, { attempts: 1 });
    expect(job).toMatchObject({
      state: 'failed',
      failure: 'canceling statement due to statement timeout',
    });
    await locking.rollbackTransaction();
    await locking.release();

    expect(await worker.run({ day: '2026-01-01' })).toMatchObject({ state: 'completed' });
  });
});
