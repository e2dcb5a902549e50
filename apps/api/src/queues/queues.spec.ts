import { Logger } from '@nestjs/common';
import {
  createTestRedis,
  hasTestRedis,
  type TestDatabase,
  type TestRedis,
  until,
} from '@libs/testing';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';

const TOKEN = 'a-token-of-operators';

const stores = ['Postgres'];
// In CI a missing server fails the tests.
if (hasTestRedis() || process.env['CI'] === 'true') stores.push('Redis');

describe.each(stores)('the queues of the api, with the queues in %s,', (store) => {
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

  const authorization = `Bearer ${TOKEN}`;
  const get = (path: string) => api.http.get(path).set({ authorization });
  const post = (path: string) => api.http.post(path).set({ authorization });
  const put = (path: string, body: object) => api.http.put(path).set({ authorization }).send(body);
  const status = async () =>
    (await get('/queues/report').expect(200)).body as Record<string, unknown>;

  it('are shown, paused and resumed, limited and drained', async () => {
    const logged = jest.spyOn(Logger.prototype, 'log');
    const data = { reportId: 'e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b11' };
    await api.queue('report').add('report', data);
    await api.queue('report').add('report', data, { delay: 3_600_000 });
    await post('/queues/report/pause').expect(204);
    expect(await status()).toMatchObject({
      queue: 'report',
      waiting: 1,
      delayed: 1,
      running: 0,
      oldestSince: expect.any(String) as string,
      paused: true,
      pausedBy: expect.stringContaining('127.0.0.1') as string,
      concurrency: null,
    });
    const { body } = (await get('/queues').expect(200)) as {
      body: { queues: { queue: string }[] };
    };
    const known = ['notification', 'report', 'report-day', 'thumbnail'];
    expect(body.queues.map(({ queue }) => queue)).toEqual(known);
    await until(() =>
      /POST \/queues\/report\/pause from \S+: 204/.test(logged.mock.calls.join('\n')),
    );
    await post('/queues/report/resume').expect(204);
    expect(await status()).toMatchObject({ paused: false, pausedAt: null, pausedBy: null });

    await put('/queues/report/concurrency', { concurrency: 5 }).expect(204);
    expect(await status()).toMatchObject({ concurrency: 5 });
    await put('/queues/report/concurrency', { concurrency: null }).expect(204);
    expect(await status()).toMatchObject({ concurrency: null });

    const refused = await post('/queues/report/drain').expect(409);
    expect((refused.body as { detail: string }).detail).toBe(
      'Jobs of the queue "report" would be lost for good: 1 waiting, 0 due. Nothing was removed. Send force=true to remove them.',
    );
    expect((await post('/queues/report/drain?force=true').expect(200)).body).toEqual({
      removed: 1,
    });
    expect((await post('/queues/report/drain').expect(200)).body).toEqual({ removed: 0 });
    const all = '/queues/report/drain?force=true&delayed=true';
    expect((await post(all).expect(200)).body).toEqual({ removed: 1 });
  });

  it('are for operators only, and exist', async () => {
    await api.http.get('/queues').expect(401);
    await api.http.post('/queues/report/pause').expect(401);
    const unknown = await post('/queues/reprot/pause').expect(404);
    expect((unknown.body as { detail: string }).detail).toContain('Did you mean "report"?');
    for (const concurrency of [0, 2.5, '5', undefined]) {
      await put('/queues/report/concurrency', { concurrency }).expect(400);
    }
    await post('/queues/report/drain?forced=true').expect(400);
  });
});
