import type { ServerResponse } from 'node:http';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
} from '@nestjs/common';
import { QueueUnreachableError } from '../../connection/queue-unreachable.error';
import { isUserFacing, QueueError } from '../../errors/queue.error';
import { sendHtml, sendJson } from '../send';
import { loginForm } from './login-form';
import { PageRefusedError } from './page-refused.error';
import { header, type PageRequest } from './page-request';

/** The statuses of errors that a visitor can do something about, by their code. */
const STATUSES: Record<string, number> = {
  UNKNOWN_QUEUE: 404,
  UNKNOWN_SCHEDULE: 404,
  JOB_NOT_DEAD: 409,
  REDRIVE_REFUSED: 409,
  JOB_DATA: 409,
};

/** Answers what went wrong: with the login form to a browser that opens the page, otherwise with a message as JSON. */
@Catch()
export class PageErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('QueuePage');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<PageRequest>();
    const response = host.switchToHttp().getResponse<ServerResponse>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error instanceof PageRefusedError) {
      const { status, refusal, message } = error;
      if (refusal === 'login' && wantsPage(request)) sendHtml(response, status, loginForm(request));
      else sendJson(response, status, { message });
      return;
    }
    const status = statusOf(error);
    if (status < 500 && error instanceof Error) {
      sendJson(response, status, { message: error.message });
      return;
    }
    if (status === 503 && error instanceof Error) {
      sendJson(response, status, { message: error.message });
      return;
    }
    this.logger.error(
      `${request.method ?? ''} ${request.url ?? ''}: ${String(error)}`,
      error instanceof Error ? error.stack : undefined,
    );
    sendJson(response, status, { message: 'This failed, and was logged.' });
  }
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof QueueUnreachableError) return 503;
  if (error instanceof QueueError && isUserFacing(error)) return STATUSES[error.code] ?? 400;
  return 500;
}

/** A browser that opens an address, and not the script of the page. */
function wantsPage(request: PageRequest): boolean {
  return request.method === 'GET' && (header(request, 'accept') ?? '').includes('text/html');
}
