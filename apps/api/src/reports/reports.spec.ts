import { randomUUID } from 'node:crypto';
import { Report } from '@libs/data-access/reports';
import { type TestDatabase, until } from '@libs/testing';
import { PROBLEM_JSON } from '../http/problem-details';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';
import type { AcceptedReport } from './reports.dto';

let database: TestDatabase;
let api: ApiUnderTest;

beforeAll(async () => {
  database = await createApiDatabase();
  api = await ApiUnderTest.start(database.url);
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

describe('POST /reports', () => {
  it('stores the period, adds a job for it and one for each day, and says where to look', async () => {
    const before = await api.stored();
    const period = { from: '2024-01-01', to: '2024-12-31' };
    const response = await api.http.post('/reports').send(period).expect(202);
    const { id } = response.body as AcceptedReport;
    const job = `/jobs/report/${id}`;
    expect(response.headers['location']).toBe(job);
    expect(response.body).toEqual({
      id,
      job,
      events: `${job}/events`,
      report: `/reports/${id}.csv`,
    });
    const row = await api.database.getRepository(Report).findOneByOrFail({ id });
    expect(row).toMatchObject({ ...period, finishedAt: null });
    expect((await api.queue('report').getJob(id))?.data).toEqual({ reportId: id });
    const days = ['2024-01-01', '2024-02-29', '2024-12-31'];
    const jobs = [0, 59, 365].map((day) => api.queue('report-day').getJob(`${id}.days.${day}`));
    expect((await Promise.all(jobs)).map((day) => day?.data as unknown)).toEqual(
      days.map((day) => ({ day })),
    );
    const waiting = { total: 366, open: 366, completed: 0, failed: 0 };
    expect((await api.http.get(job).expect(200)).body).toMatchObject({
      state: 'waiting-children',
      children: waiting,
      parent: null,
    });
    const child = await api.http.get(`/jobs/report-day/${id}.days.365`).expect(200);
    expect(child.body).toMatchObject({ state: 'waiting', children: null, parent: job });
    expect(await api.stored()).toEqual({
      ...before,
      reports: before.reports + 1,
      jobs: before.jobs + 1 + 366,
    });
  });

  it('takes a single day', async () => {
    await api.http.post('/reports').send({ from: '2024-02-29', to: '2024-02-29' }).expect(202);
  });

  it.each([
    ['no dates', {}, ['from', 'to']],
    ['a day that does not exist', { from: '2025-02-29', to: '2025-03-01' }, ['from']],
    ['a time', { from: '2025-01-01T00:00:00Z', to: '2025-01-02' }, ['from']],
    ['a number', { from: 20250101, to: '2025-01-02' }, ['from']],
    ['a year that no table knows', { from: '0000-01-01', to: '0000-01-02' }, ['from', 'to']],
    ['the end before the start', { from: '2025-01-02', to: '2025-01-01' }, ['to']],
    ['more than a year', { from: '2024-01-01', to: '2025-01-01' }, ['to']],
    ['a field too many', { from: '2025-01-01', to: '2025-01-01', by: 'month' }, ['by']],
  ])('refuses %s, names each wrong field, and changes nothing', async (_, body, fields) => {
    const before = await api.stored();
    const response = await api.http.post('/reports').send(body).expect(400);
    expect(response.headers['content-type']).toContain(PROBLEM_JSON);
    const { errors } = response.body as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field)).toEqual(fields);
    expect(await api.stored()).toEqual(before);
  });
});

describe('GET /reports/:id.csv', () => {
  it('serves a finished report as a file, for good', async () => {
    const id = randomUUID();
    const csv = 'day,notifications,images\r\n2025-01-01,1,2\r\n';
    const row = { id, from: '2025-01-01', to: '2025-01-01', csv, finishedAt: new Date() };
    await api.database.getRepository(Report).insert(row);
    const response = await api.http.get(`/reports/${id}.csv`).expect(200);
    expect(response.text).toBe(csv);
    expect(response.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="report-2025-01-01-2025-01-01.csv"',
      'cache-control': 'private, max-age=31536000, immutable',
    });
  });

  it('says that a report is not ready yet, and when to try again', async () => {
    const period = { from: '2025-01-01', to: '2025-01-01' };
    const accepted = await api.http.post('/reports').send(period).expect(202);
    const { report } = accepted.body as AcceptedReport;
    const response = await api.http.get(report).expect(404);
    expect(response.headers['retry-after']).toBe('1');
    expect(response.body).toMatchObject({ detail: 'The report is not ready yet.' });
  });

  it('says why there will be no report when a day could not be counted', async () => {
    const period = { from: '2025-01-01', to: '2025-01-01' };
    const accepted = await api.http.post('/reports').send(period).expect(202);
    const { id, report } = accepted.body as AcceptedReport;
    await api.failJob('report-day', `${id}.days.0`, 'the query took too long');
    // Fails it without running it.
    const worker = api.work('report', () => Promise.resolve({}));
    await until(async () => (await api.queue('report').getJobState(id)) === 'failed');
    await worker.stop();
    const response = await api.http.get(report).expect(404);
    expect(response.body).toMatchObject({
      detail: expect.stringMatching(
        /^The report could not be created: .*report-day.*\.days\.0/,
      ) as string,
    });
  });

  it.each([`/reports/${randomUUID()}.csv`, '/reports/1.csv', `/reports/${randomUUID()}`])(
    'answers 404 to %s',
    async (path) => {
      const response = await api.http.get(path).expect(404);
      expect(response.headers['content-type']).toContain(PROBLEM_JSON);
    },
  );
});
