import type { Server } from 'node:http';
import { InterruptibleProxy, type TestDatabase, until } from '@libs/testing';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';
import { PROBLEM_JSON } from './problem-details';

const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hello Ada' };

let database: TestDatabase;
let proxy: InterruptibleProxy;
let api: ApiUnderTest;

beforeAll(async () => {
  database = await createApiDatabase();
  proxy = await InterruptibleProxy.before(database.url);
  api = await ApiUnderTest.start(proxy.url);
});

afterAll(async () => {
  await api.close();
  await proxy.close();
  await database.drop();
});

describe('the api over HTTP', () => {
  it.each([
    ['POST', '/', 404],
    ['GET', '/notifications', 404],
    ['DELETE', '/images/1/small', 404],
    ['GET', '/health', 404],
    ['GET', '/jobs/report/%FF', 400],
  ] as const)('answers %s %s with a problem', async (method, path, status) => {
    const response = await fetch(`${api.url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain(PROBLEM_JSON);
    expect(await response.json()).toMatchObject({
      type: 'about:blank',
      status,
      title: expect.any(String) as string,
      detail: expect.any(String) as string,
      instance: path,
    });
  });

  it('keeps connections longer than a load balancer does, and waits for no slow client', async () => {
    const { headers } = await fetch(`${api.url}/health/live`);
    expect(headers.get('keep-alive')).toBe('timeout=65');
    const { requestTimeout, headersTimeout }: Server = api.app.getHttpServer();
    expect({ requestTimeout, headersTimeout }).toEqual({
      requestTimeout: 60_000,
      headersTimeout: 15_000,
    });
  });

  it('says at / where to look', async () => {
    const { body } = (await api.http.get('/').expect(200)) as { body: unknown };
    expect(body).toMatchObject({
      docs: '/docs',
      health: ['/health/live', '/health/ready'],
      routes: expect.arrayContaining(['POST /notifications', 'GET /jobs/{queue}/{id}']) as unknown,
    });
  });

  it('sends the headers that keep a browser safe, and allows no other origin', async () => {
    const { headers } = await api.http.get('/jobs/report/1').set('origin', 'https://evil.example');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    // Over plain HTTP, browsers would then request the files of /docs by HTTPS.
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('tells that it lives and is ready', async () => {
    await api.http.get('/health/live').expect(200, { status: 'live' });
    await api.http.get('/health/ready').expect(200, {
      status: 'ready',
      state: 'running',
      checks: { queue: 'up', database: 'up', migrations: 'up' },
    });
  });

  it('hides the inside when it fails, and logs it', async () => {
    const written: string[] = [];
    const write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    jest.spyOn(process.stderr, 'write').mockImplementation(write);
    await api.database.query('ALTER TABLE notifications RENAME TO away');
    const response = await api.http.post('/notifications').send(mail);
    await api.database.query('ALTER TABLE away RENAME TO notifications');
    expect(response.status).toBe(500);
    expect(response.headers['content-type']).toContain(PROBLEM_JSON);
    expect(response.body).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: 'The api failed to answer this request. The failure was logged.',
      instance: '/notifications',
    });
    expect(written.join('')).toMatch(
      /POST \/notifications: relation "notifications" does not exist/,
    );
  });

  it('says when to come back while its store is away, and works again once it is back', async () => {
    const { id } = (await api.http.post('/notifications').send(mail).expect(202)).body as {
      id: string;
    };
    const before = await api.stored();
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    await proxy.shut();
    const requests = [
      () => api.http.post('/notifications').send(mail),
      () => api.http.post('/reports').send({ from: '2025-01-01', to: '2025-01-01' }),
      () => api.http.get(`/jobs/notification/${id}`),
      () => api.http.get(`/images/${id}/small`),
    ];
    for (const request of requests) {
      const response = await request().expect(503);
      expect(response.headers['retry-after']).toBe('5');
      expect(response.headers['content-type']).toContain(PROBLEM_JSON);
      expect(JSON.stringify(response.body)).not.toMatch(/ECONNREFUSED|127\.0\.0\.1/);
    }
    await api.http.get('/health/live').expect(200);
    await api.http.get('/health/ready').expect(503);

    await proxy.open();
    await until(async () => (await api.http.get('/health/ready')).status === 200);
    expect(await api.stored()).toEqual(before);
    await api.http.post('/notifications').send(mail).expect(202);
  });
});
