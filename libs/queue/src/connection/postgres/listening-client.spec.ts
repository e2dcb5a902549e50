import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { ListeningClient } from './listening-client';

it('a connection that is ended while the server does not answer is not waited for', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new ListeningClient(
    { connectionString: `postgres://app@127.0.0.1:${port}/app`, query_timeout: 60_000 },
    { closed: () => undefined, lost: () => undefined },
  );
  const connecting = client.connect();
  await once(server, 'connection');
  await Promise.all([expect(connecting).rejects.toThrow('Connection terminated'), client.end()]);
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
});
