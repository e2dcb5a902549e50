import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthHandler, type HttpHandler } from './health-handler';
import type { Readiness } from './readiness';

export interface ServerAddress {
  readonly port: number;
  readonly host: string;
}

export interface HttpServer {
  /** The actual port, also if the configured one is 0. */
  port: number;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/** Serves the health endpoints of a process without a web server. See {@link startHttpServer}. */
export function startHealthServer(
  readiness: Readiness,
  address: ServerAddress,
): Promise<HttpServer> {
  return startHttpServer(healthHandler(readiness), address);
}

/**
 * Serves what one handler answers, without a web server.
 *
 * @throws the error of `listen()`, such as EADDRINUSE
 */
export async function startHttpServer(
  handler: HttpHandler,
  { port, host }: ServerAddress,
): Promise<HttpServer> {
  const server = createServer((request, response) => {
    handler(request, response);
  });
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
