import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestsAtRate } from './requests-at-rate';

/** Twenty requests, one every 10 ms, after two that are not counted. */
const LOAD = { rate: 100, warmUp: 20, measured: 200, timeout: 10_000 };
const ALL = 22;

describe(requestsAtRate.name, () => {
  let server: Server;

  async function serve(listener: RequestListener): Promise<string[]> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return [`http://127.0.0.1:${port}/a`, `http://127.0.0.1:${port}/b`];
  }

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('sends each request when it is due, and counts those in the measured time', async () => {
    const requested: (string | undefined)[] = [];
    const urls = await serve((request, response) => {
      requested.push(request.url);
      response.end('yes');
    });
    const began = Date.now();
    const result = await requestsAtRate({ ...LOAD, urls });
    expect(result).toMatchObject({ sent: 20, answered: 20, timedOut: 0, failed: 0 });
    expect(requested).toHaveLength(ALL);
    expect(requested.filter((url) => url === '/a')).toHaveLength(ALL / 2);
    const [from, to] = result.window;
    expect(to - from).toBe(LOAD.measured);
    expect(from).toBeGreaterThanOrEqual(began);
  });

  it('keeps sending during a stall, and counts it in the latency of each request', async () => {
    const waiting: (() => void)[] = [];
    const urls = await serve((_, response) => {
      waiting.push(() => response.end('at last'));
      // Never reached by a client that waits for each answer.
      if (waiting.length === ALL) for (const answer of waiting) answer();
    });
    const result = await requestsAtRate({ ...LOAD, urls });
    expect(result.answered).toBe(20);
    // The first request was due 190 ms before the last one, the median half of that.
    expect(result.worst).toBeGreaterThanOrEqual(189);
    expect(result.p50).toBeGreaterThanOrEqual(94);
  });

  it('gives up at the timeout, which counts as the latency', async () => {
    const urls = await serve(() => undefined);
    const result = await requestsAtRate({ ...LOAD, urls, timeout: 50 });
    expect(result).toMatchObject({ sent: 20, answered: 0, timedOut: 20, failed: 0 });
    expect(result).toMatchObject({ p50: 50, p99: 50, worst: 50 });
  });

  it('counts an error and an aborted connection as failed', async () => {
    let number = 0;
    const urls = await serve((request, response) => {
      number += 1;
      if (number % 2 === 0) request.socket.destroy();
      else response.writeHead(503).end();
    });
    const result = await requestsAtRate({ ...LOAD, urls });
    expect(result).toMatchObject({ sent: 20, answered: 0, timedOut: 0, failed: 20 });
  });
});
