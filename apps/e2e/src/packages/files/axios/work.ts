import axios from 'axios';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function work(): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    request.pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const client = axios.create({ baseURL: `http://127.0.0.1:${port}` });
    const { status, data } = await client.post<{ hello: string }>('/', { hello: 'Ada' });
    return `${status} ${JSON.stringify(data)}`;
  } finally {
    server.close();
  }
}
