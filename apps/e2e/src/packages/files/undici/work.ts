import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, fetch, request } from 'undici';

export async function work(): Promise<string> {
  const server = createServer((incoming, response) => {
    response.end(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dispatcher = new Agent({ connections: 1 });
  try {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const one = await request(`${url}/one`, { method: 'PUT', dispatcher });
    const other = await fetch(`${url}/other`, { dispatcher });
    return `${await one.body.text()}, ${await other.text()}`;
  } finally {
    await dispatcher.close();
    server.close();
  }
}
