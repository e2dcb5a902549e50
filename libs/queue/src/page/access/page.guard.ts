import type { ServerResponse } from 'node:http';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { QUEUE_PAGE_OPTIONS, type PageSettings } from '../queue-page-options';
import { header, type PageRequest } from './page-request';
import { PageRefusedError } from './page-refused.error';
import { isSameOrigin } from './same-origin';
import { Visitors } from './visitors';

/** Marks the routes that are no plain reads: the login itself, and what changes queues. */
export const PageRoute = Reflector.createDecorator<'login' | 'changes'>();

/** Sent by the script of the page. A page of another origin cannot send it without being allowed to. */
export const SCRIPT_HEADER = 'x-queue-page';

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // The address of the page may have the ids of jobs.
  'referrer-policy': 'same-origin',
};

/** Stands before every route of the page: its files, its data, its actions. */
@Injectable()
export class PageGuard implements CanActivate {
  constructor(
    private readonly visitors: Visitors,
    private readonly reflector: Reflector,
    @Inject(QUEUE_PAGE_OPTIONS) private readonly options: PageSettings,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<PageRequest>();
    const response = context.switchToHttp().getResponse<ServerResponse>();
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const route = this.reflector.get(PageRoute, context.getHandler());
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead && !isSameOrigin(request)) throw new PageRefusedError('cross-site');

    const visitor = this.visitors.of(request);
    if (typeof visitor === 'string') {
      if (visitor === 'login' && route === 'login') return true;
      throw new PageRefusedError(visitor);
    }
    if (!isRead && route !== 'login' && header(request, SCRIPT_HEADER) === undefined) {
      throw new PageRefusedError('cross-site');
    }
    if (route === 'changes' && this.options.readOnly) throw new PageRefusedError('read-only');
    request.visitor = visitor;
    return true;
  }
}
