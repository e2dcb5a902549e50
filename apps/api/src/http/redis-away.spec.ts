import { Redis } from 'ioredis';
import {
  createTestRedis,
  hasTestRedis,
  InterruptibleProxy,
  RedisServer,
  type TestDatabase,
  type TestRedis,
  until,
} from '@libs/testing';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';
import { PROBLEM_JSON } from './problem-details';

// As elsewhere: skipped without Redis, which the global setup reports; a failure in CI.
const describeOnRedis = hasTestRedis() || process.env['CI'] === 'true' ? describe : describe.skip;

describeOnRedis('the api while only its queues are away', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let proxy: InterruptibleProxy;
  let api: ApiUnderTest;

  beforeAll(async () => {
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    [database, redis] = await Promise.all([createApiDatabase(), createTestRedis()]);
    proxy = await InterruptibleProxy.before(redis.url);
    api = await ApiUnderTest.start(database.url, { QUEUE_URL: proxy.url });
  });

  afterAll(async () => {
    await api.close();
    await proxy.close();
    await Promise.all([database.drop(), redis.drop()]);
  });

  it('says which check fails, when to ask again, and takes what goes through the outbox', async () => {
    const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hello Ada' };
    const first = await api.http.post('/notifications').send(mail).expect(202);
    const { job } = first.body as { job: string };
    await until(async () => (await api.http.get(job)).status === 200);
    proxy.refuse();

    const looked = await api.http.get(job);
    expect(looked.status).toBe(503);
    expect(looked.headers['retry-after']).toBe('5');
    expect(looked.headers['content-type']).toContain(PROBLEM_JSON);
    const ready = await api.http.get('/health/ready').expect(503);
    expect(ready.body).toMatchObject({
      status: 'unavailable',
      checks: { queue: 'down', database: 'up', migrations: 'up' },
    });
    await api.http.get('/health/live').expect(200);

    // Its job is a row of the outbox, in the same commit.
    const second = await api.http.post('/notifications').send(mail).expect(202);
    proxy.accept();
    await until(async () => (await api.http.get('/health/ready')).status === 200);
    await until(async () => (await api.http.get((second.body as { job: string }).job)).ok);
  });
});

describeOnRedis('the api while the server of its queues refuses', () => {
  it('answers 503, is not ready, and keeps its jobs in the outbox', async () => {
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const [database, server] = await Promise.all([
      createApiDatabase(),
      RedisServer.start({ 'busy-reply-threshold': '50' }),
    ]);
    const api = await ApiUnderTest.start(database.url, { QUEUE_URL: server.url });
    const admin = new Redis(server.url);
    const busy = new Redis(server.url);
    try {
      const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hello Ada' };
      await admin.config('SET', 'maxmemory', 1);
      const ready = await api.http.get('/health/ready').expect(503);
      expect(ready.body).toMatchObject({ checks: { queue: 'down', database: 'up' } });
      const first = await api.http.post('/notifications').send(mail).expect(202);
      const { job } = first.body as { job: string };
      // It is known, and in the outbox only.
      await api.http.get(job).expect(200);
      const key = `bull:notification:${job.split('/').at(-1) ?? ''}`;
      expect(await admin.exists(key)).toBe(0);
      await admin.config('SET', 'maxmemory', 0);
      await until(async () => (await admin.exists(key)) === 1);

      const script = busy.eval('while true do end', 0).catch(String);
      await until(async () => (await admin.ping().catch(String)).includes('BUSY'));
      const looked = await api.http.get(job);
      expect(looked.status).toBe(503);
      expect(looked.headers['retry-after']).toBe('5');
      expect(looked.headers['content-type']).toContain(PROBLEM_JSON);
      await api.http.get('/health/ready').expect(503);
      await admin.script('KILL');
      expect(await script).toContain('killed');
      await until(async () => (await api.http.get('/health/ready')).status === 200);
      await api.http.get(job).expect(200);
    } finally {
      admin.disconnect();
      busy.disconnect();
      await api.close();
      await server.close();
      await database.drop();
    }
  });
});
