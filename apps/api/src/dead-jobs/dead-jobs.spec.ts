import { Logger } from '@nestjs/common';
import {
  createTestRedis,
  hasTestRedis,
  type TestDatabase,
  type TestRedis,
  until,
} from '@libs/testing';
import { PROBLEM_JSON } from '../http/problem-details';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';

const TOKEN = 'a-token-of-operators';

const stores = ['Postgres'];
// In CI a missing server fails the tests.
if (hasTestRedis() || process.env['CI'] === 'true') stores.push('Redis');

describe.each(stores)('the dead jobs of the api, with the queues in %s,', (store) => {
  let database: TestDatabase;
  let redis: TestRedis | undefined;
  let api: ApiUnderTest;

  beforeAll(async () => {
    database = await createApiDatabase();
    redis = store === 'Redis' ? await createTestRedis() : undefined;
    api = await ApiUnderTest.start(database.url, {
      OPERATOR_TOKEN: TOKEN,
      ...(redis && { QUEUE_URL: redis.url }),
    });
  });

  afterAll(async () => {
    await api.close();
    await database.drop();
    await redis?.drop();
  });

  const get = (path: string) => api.http.get(path).set('authorization', `Bearer ${TOKEN}`);
  const post = (path: string) => api.http.post(path).set('authorization', `bearer ${TOKEN}`);

  async function deadReport(data: object = {}): Promise<string> {
    const reportId = 'e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b11';
    const { id = '' } = await api.queue('report').add('report', { reportId, ...data });
    await api.failJob('report', id, 'the disk is full');
    return id;
  }

  it('are listed and shown, redriven once, and run again', async () => {
    const id = await deadReport();
    const { body } = (await get('/dead-jobs?queue=report&limit=1').expect(200)) as {
      body: unknown;
    };
    expect(body).toMatchObject({
      total: 1,
      cursor: null,
      jobs: [{ queue: 'report', id, failure: 'the disk is full', attempts: { made: 1, max: 3 } }],
    });
    const { body: one } = (await get(`/dead-jobs/report/${id}`).expect(200)) as { body: unknown };
    expect(one).toMatchObject({ id, history: [{ attempt: 1 }], log: [] });
    expect((one as { stack: string }).stack).toContain('the disk is full\n');

    await post(`/dead-jobs/report/${id}/redrive`).expect(204);
    expect(await api.queue('report').getJobState(id)).toBe('waiting');
    const again = await post(`/dead-jobs/report/${id}/redrive`).expect(409);
    expect(again.headers['content-type']).toContain(PROBLEM_JSON);
    expect((again.body as { detail: string }).detail).toContain('is not dead: it is waiting');
    await get(`/dead-jobs/report/${id}`).expect(409);
    await api.failJob('report', id, 'again');
    expect((await post('/dead-jobs/report/redrive').expect(200)).body).toEqual({
      redriven: 1,
      refused: [],
    });
    await api.failJob('report', id, 'the end');
  });

  it('leave a line for each change by an operator, and none for a look', async () => {
    const lines: string[] = [];
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation((line) => {
      if (String(line).includes(' /dead-jobs')) lines.push(String(line));
    });
    await get('/dead-jobs').expect(200);
    await post('/dead-jobs/report/redrive?force=true').expect(200);
    await post('/dead-jobs/report/none/redrive').expect(404);
    await api.http.post('/dead-jobs/report/redrive').expect(401);
    await until(() => lines.length === 2);
    log.mockRestore();
    expect(lines).toEqual([
      expect.stringMatching(/^POST \/dead-jobs\/report\/redrive\?force=true from \S+: 200$/),
      expect.stringMatching(/^POST \/dead-jobs\/report\/none\/redrive from \S+: 404$/),
    ]);
  });

  it('stay dead if their data breaks the contract, unless they are forced', async () => {
    const id = await deadReport({ reportId: 7 });
    const { body } = (await post(`/dead-jobs/report/${id}/redrive`).expect(409)) as {
      body: unknown;
    };
    expect(body).toMatchObject({ errors: [{ field: 'reportId' }] });
    await post(`/dead-jobs/report/${id}/redrive?force=true`).expect(204);
    await api.failJob('report', id, 'the end');
  });

  it.each([
    ['/dead-jobs?queue=nothing', 404, /^There is no queue "nothing"\. There are: /],
    ['/dead-jobs/nothing/1', 404, /^There is no queue "nothing"/],
    ['/dead-jobs/report/none', 404, /^There is no job "none"/],
    ['/dead-jobs/report/%00', 404, /^There is no job /],
    ['/dead-jobs?limit=0', 400, /limit/],
    ['/dead-jobs?cursor=x', 400, /cursor/],
    ['/dead-jobs?page=2', 400, /page/],
  ])('answers to %s with %i', async (path, status, detail) => {
    const { body } = (await get(path).expect(status)) as { body: unknown };
    expect((body as { detail: string }).detail).toMatch(detail);
  });

  it.each([undefined, 'Bearer', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, TOKEN])(
    'are shown to nobody who sends %j',
    async (authorization) => {
      for (const request of [
        api.http.get('/dead-jobs'),
        api.http.post('/dead-jobs/report/redrive'),
      ]) {
        if (authorization !== undefined) void request.set('authorization', authorization);
        const response = await request.expect(401);
        expect(response.headers['www-authenticate']).toBe('Bearer');
        expect(response.headers['content-type']).toContain(PROBLEM_JSON);
      }
    },
  );

  it('are off, and say how to turn them on, without a token in the configuration', async () => {
    const other = await ApiUnderTest.start(database.url);
    const { body } = (await other.http
      .get('/dead-jobs')
      .set('authorization', 'Bearer ')
      .expect(403)) as { body: unknown };
    expect((body as { detail: string }).detail).toContain('OPERATOR_TOKEN');
    await other.close();
  });
});
