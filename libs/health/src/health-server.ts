import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthHandler } from './health-handler';
import type { Readiness } from './readiness';

export interface HealthServer {
  /** The actual port, also if the configured one is 0. */
  port: number;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/**
 * Serves the health endpoints of a process without a web server.
 *
 * @throws the error of `listen()`, such as EADDRINUSE
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
