import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthHandler } from './health-handler';
import type { Readiness } from './readiness';

export interface HealthServer {
  /** The port it listens on, also when it was told to choose one (0). */
  port: number;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/**
 * Serves the health of a process that is otherwise no web server.
 *
 * @throws what `listen()` fails with, such as EADDRINUSE
 */
export async function startHealthServer(
  readiness: Readiness,
  { port, host }: { port: number; host: string },
): Promise<HealthServer> {
  const server = createServer(healthHandler(readiness));
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
