import type { Server, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ExitCode } from '@libs/health';

/** The unanswered requests of each server. */
const unanswered = new WeakMap<Server, Set<ServerResponse>>();

/** Tracks the open requests of an api, so that the last ones can end their connections. */
export function trackRequests(app: NestExpressApplication): void {
  const server: Server = app.getHttpServer();
  const open = new Set<ServerResponse>();
  unanswered.set(server, open);
  server.prependListener('request', (_, response: ServerResponse) => {
    open.add(response);
    response.once('close', () => open.delete(response));
  });
}

/**
 * Closes the api: no new connection, open requests finish, then its stores close.
 *
 * @param deadline in milliseconds; connections still open then are aborted
 * @returns the exit code of the process
 */
export async function closeHttp(app: NestExpressApplication, deadline: number): Promise<ExitCode> {
  let code: ExitCode = ExitCode.finished;
  const server: Server = app.getHttpServer();
  // close() ends idle connections. A busy one would be kept alive after its request, and delay the end
  // until its keep-alive expires.
  const endConnection = (response: ServerResponse) => {
    if (!response.headersSent) response.setHeader('connection', 'close');
  };
  unanswered.get(server)?.forEach(endConnection);
  server.prependListener('request', (_, response: ServerResponse) => {
    endConnection(response);
  });
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  const cut = setTimeout(() => {
    new Logger('Shutdown').warn(`Requests still open after ${deadline} ms were aborted.`);
    server.closeAllConnections();
    code = ExitCode.unfinished;
  }, deadline);
  server.once('close', () => {
    clearTimeout(cut);
  });
  try {
    // Nest ends event streams first, then waits for the requests, then closes queues and database.
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
  return code;
}
