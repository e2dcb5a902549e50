import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestsAtRate } from './requests-at-rate';

/** Twenty requests, one each 10 ms, after two that do not count. */
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

  it('sends each request when it is due, and counts those of the measured time', async () => {
    const asked: (string | undefined)[] = [];
    const urls = await serve((request, response) => {
      asked.push(request.url);
      response.end('yes');
    });
    const began = Date.now();
    const result = await requestsAtRate({ ...LOAD, urls });
    expect(result).toMatchObject({ sent: 20, answered: 20, timedOut: 0, failed: 0 });
    expect(asked).toHaveLength(ALL);
    expect(asked.filter((url) => url === '/a')).toHaveLength(ALL / 2);
    const [from, to] = result.window;
    expect(to - from).toBe(LOAD.measured);
    expect(from).toBeGreaterThanOrEqual(began);
  });

  it('asks on while nobody is answered, and has all who asked feel the stall', async () => {
    const waiting: (() => void)[] = [];
    const urls = await serve((_, response) => {
      waiting.push(() => response.end('at last'));
      // Would never come if a client waited for one answer before it asks again.
      if (waiting.length === ALL) for (const answer of waiting) answer();
    });
    const result = await requestsAtRate({ ...LOAD, urls });
    expect(result.answered).toBe(20);
    // The first of them was due 190 ms before the last, the median one half of that.
    expect(result.worst).toBeGreaterThanOrEqual(189);
    expect(result.p50).toBeGreaterThanOrEqual(94);
  });

  it('gives up at the timeout, and counts such a request as one that took as long', async () => {
    const urls = await serve(() => undefined);
    const result = await requestsAtRate({ ...LOAD, urls, timeout: 50 });
    expect(result).toMatchObject({ sent: 20, answered: 0, timedOut: 20, failed: 0 });
    expect(result).toMatchObject({ p50: 50, p99: 50, worst: 50 });
  });

  it('does not take an error for an answer, nor a connection that is cut', async () => {
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
