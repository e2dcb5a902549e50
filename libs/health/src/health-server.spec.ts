import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { healthHandler, Readiness, startHealthServer, type HttpServer } from '.';

describe('the health server', () => {
  const readiness = new Readiness();
  let server: HttpServer;

  beforeAll(async () => {
    server = await startHealthServer(readiness, { port: 0, host: '127.0.0.1' });
  });

  afterAll(() => server.close());

  const get = (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, init);

  it('says that the process lives, whatever its state', async () => {
    const response = await get('/health/live');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'live' });
  });

  it('follows the process from starting over ready to stopping', async () => {
    const starting = await get('/health/ready');
    expect(starting.status).toBe(503);
    expect(await starting.json()).toEqual({ status: 'unavailable', state: 'starting', checks: {} });

    readiness.addCheck('queue', () => Promise.resolve());
    readiness.markReady();
    const ready = await get('/health/ready?verbose=1');
    expect(ready.status).toBe(200);
    expect(ready.headers.get('cache-control')).toBe('no-store');
    expect(await ready.json()).toEqual({
      status: 'ready',
      state: 'running',
      checks: { queue: 'up' },
    });

    readiness.markStopping();
    expect((await get('/health/ready')).status).toBe(503);
  });

  it('answers HEAD without a body', async () => {
    const response = await get('/health/live', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('lists on / what it has', async () => {
    const response = await get('/');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ endpoints: ['/health/live', '/health/ready'] });
  });

  it.each([
    ['POST', '/'],
    ['GET', '/health'],
    ['POST', '/health/live'],
  ])('knows nothing else: %s %s', async (method, path) => {
    const response = await get(path, { method });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  it('hands on what is not about health when it is mounted in a web framework', async () => {
    const handler = healthHandler(new Readiness());
    const other = createServer((request, response) => {
      handler(request, response, () => response.end('next'));
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    for (const path of ['/notifications', '/']) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      expect(await response.text()).toBe('next');
    }
    other.close();
    other.closeAllConnections();
  });

  it('fails with the reason when its port is taken', async () => {
    await expect(
      startHealthServer(readiness, { port: server.port, host: '127.0.0.1' }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
