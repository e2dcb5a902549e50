import type { Server, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ExitCode } from '@libs/health';

/**
 * Closes the api: no new connection, open requests finish, then its stores close.
 *
 * @param deadline in milliseconds; connections that are still open then are cut
 * @returns the exit code of the process
 */
export async function closeHttp(app: NestExpressApplication, deadline: number): Promise<ExitCode> {
  let code: ExitCode = ExitCode.finished;
  const server: Server = app.getHttpServer();
  // close() ends the connections that are idle now. One that is busy now would be kept for the next
  // request once it is done, and hold up the end until its keep-alive runs out.
  server.prependListener('request', (_, response: ServerResponse) => {
    response.setHeader('connection', 'close');
  });
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  const cut = setTimeout(() => {
    new Logger('Shutdown').warn(`Requests were still open after ${deadline} ms, and are cut.`);
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
