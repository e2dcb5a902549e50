import type { TestDatabase } from '@libs/testing';
import { until } from '@libs/testing';
import { PROBLEM_JSON } from '../http/problem-details';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';

const MAIL = { to: 'ada@example.org', subject: 'Hello', text: 'Hello' };

describe('a client that sends too many requests', () => {
  let database: TestDatabase;
  const open: ApiUnderTest[] = [];

  beforeEach(async () => {
    database = await createApiDatabase();
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((api) => api.close()));
    await database.drop();
  });

  async function start(limit: string, env: Record<string, string> = {}): Promise<ApiUnderTest> {
    const api = await ApiUnderTest.start(database.url, { RATE_LIMIT: limit, ...env });
    open.push(api);
    return api;
  }

  const post = (api: ApiUnderTest, client?: string) =>
    api.http
      .post('/notifications')
      .set(client === undefined ? {} : { 'x-forwarded-for': client })
      .send(MAIL);

  it('is refused by every process of the api, and its requests leave nothing behind', async () => {
    const [one, two] = [await start('3/1h'), await start('3/1h')];
    expect((await post(one)).headers).toMatchObject({
      'x-ratelimit-limit': '3',
      'x-ratelimit-remaining': '2',
    });
    expect((await post(two)).status).toBe(202);
    expect((await post(one)).status).toBe(202);

    for (const api of [two, one, one]) {
      const { status, headers, body } = (await post(api)) as {
        status: number;
        headers: Record<string, string>;
        body: unknown;
      };
      expect(status).toBe(429);
      expect(headers['content-type']).toContain(PROBLEM_JSON);
      expect(Number(headers['retry-after'])).toBeGreaterThan(3_000);
      expect(body).toMatchObject({
        status: 429,
        detail: expect.stringMatching(
          /^Too many requests: at most 3 in 3600 s. Try again in \d+ s\.$/,
        ) as string,
      });
    }
    expect(await one.stored()).toMatchObject({ notifications: 3, jobs: 3 });
    // The process that had refused it asked the database no more.
    expect(await one.database.query('SELECT requests FROM request_counts')).toEqual([
      { requests: 5 },
    ]);
  });

  it('may still read, as may its health checks', async () => {
    const api = await start('1/1h');
    const { headers } = await post(api);
    expect((await post(api)).status).toBe(429);
    expect((await api.http.get(headers['location'] ?? '')).status).toBe(200);
    expect((await api.http.get('/health/ready')).status).toBe(200);
  });

  it('may go on when its time has passed', async () => {
    const api = await start('1/1s');
    await until(async () => (await post(api)).status === 429);
    await until(async () => (await post(api)).status === 202);
  });

  it('does not use up what others may send: a trusted proxy says who is who', async () => {
    const api = await start('1/1h', { TRUSTED_PROXIES: '127.0.0.1' });
    expect((await post(api, '192.0.2.1')).status).toBe(202);
    expect((await post(api, '192.0.2.1')).status).toBe(429);
    expect((await post(api, '192.0.2.2')).status).toBe(202);
    // One subscriber has a whole network of these.
    expect((await post(api, '2001:db8:0:1::1')).status).toBe(202);
    expect((await post(api, '2001:db8:0:1::2')).status).toBe(429);
  });

  it('cannot pretend to be another one', async () => {
    const api = await start('1/1h', { TRUSTED_PROXIES: '10.0.0.0/8' });
    expect((await post(api, '192.0.2.1')).status).toBe(202);
    expect((await post(api, '192.0.2.2')).status).toBe(429);
  });
});
