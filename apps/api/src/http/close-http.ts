import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ExitCode } from '@libs/health';

/** In milliseconds: a request that has been sent by the time of the stop has arrived by then. */
const ARRIVAL = 500;

/** The unanswered requests of each server. */
const unanswered = new WeakMap<Server, Set<ServerResponse>>();

/** The connections of each server, and when each was opened. */
const connections = new WeakMap<Server, Map<Socket, number>>();

/** Tracks the connections and the open requests of an api, so that the last ones can end their connections. */
export function trackRequests(app: NestExpressApplication): void {
  const server: Server = app.getHttpServer();
  const open = new Set<ServerResponse>();
  unanswered.set(server, open);
  server.prependListener('request', (_, response: ServerResponse) => {
    open.add(response);
    response.once('close', () => open.delete(response));
  });
  const opened = new Map<Socket, number>();
  connections.set(server, opened);
  server.on('connection', (socket: Socket) => {
    opened.set(socket, performance.now());
    socket.once('close', () => opened.delete(socket));
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
    // To Node, a connection that was opened in advance and has sent nothing is not idle.
    for (const [socket, time] of connections.get(server) ?? []) {
      if (socket.bytesRead === 0 && performance.now() - time > ARRIVAL) socket.destroy();
    }
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
