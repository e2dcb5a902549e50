import { once } from 'node:events';
import { type AddressInfo, type Server, createServer } from 'node:net';

/**
 * Makes a server listen on the first free port of these on 127.0.0.1, otherwise on any; resolves to the
 * port.
 */
export async function listenOnFree(
  server: Server,
  preferred: readonly (number | undefined)[],
): Promise<number> {
  for (const port of [...preferred.filter((port) => port !== undefined), 0]) {
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    }
  }
  throw new Error('The system has no free port on 127.0.0.1.');
}

/** A port of 127.0.0.1 that was free a moment ago: the first free one of these, otherwise any. */
export async function freePort(preferred: readonly (number | undefined)[]): Promise<number> {
  const server = createServer();
  try {
    return await listenOnFree(server, preferred);
  } finally {
    server.close();
  }
}
