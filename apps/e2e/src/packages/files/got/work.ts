import got from 'got';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function work(): Promise<string> {
  let requests = 0;
  const server = createServer((_, response) => {
    response.statusCode = ++requests === 1 ? 503 : 200;
    response.end(JSON.stringify({ requests }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const retry = {
      limit: 1,
      calculateDelay: ({ computedValue }: { computedValue: number }) => computedValue && 1,
    };
    return await got(`http://127.0.0.1:${port}`, { retry }).text();
  } finally {
    server.close();
  }
}
