import type { ServerResponse } from 'node:http';
import { sendJson } from '../send';
import type { PageRequest } from '../access/page-request';

/** A request with what Nest reads from it. */
export interface RoutedRequest extends PageRequest {
  params?: Record<string, string>;
  query?: Record<string, string | string[]>;
}

/** What Nest makes of a method of a controller. It answers by itself, errors too. */
export type RouteHandler = (
  request: RoutedRequest,
  response: ServerResponse,
  next: () => void,
) => unknown;

interface Route {
  readonly method: string;
  /** As Nest has given it, such as `/queues/-/data/queues/:queue/jobs`. */
  readonly path: string;
  readonly pattern: RegExp;
  readonly handler: RouteHandler;
}

/**
 * The routes below one path. Those of other controllers are not registered at all: an application that serves nothing
 * but the page may have modules with controllers that were never meant to be reached from outside.
 */
export class PageRouter {
  private readonly added: Route[] = [];

  /** @param path with a slash at its start, such as `/queues/-` */
  constructor(readonly path: string) {}

  add(method: string, path: unknown, handler: unknown): void {
    if (typeof path !== 'string' || typeof handler !== 'function' || !this.isBelow(path)) return;
    const parts = path
      .replace(/\/$/, '')
      .split('/')
      .map((part) =>
        part.startsWith(':') ? `(?<${part.slice(1)}>[^/]+)` : part.replace(/[^\w-]/g, '\\$&'),
      );
    this.added.push({
      method,
      path,
      pattern: new RegExp(`^${parts.join('/')}/?$`),
      handler: handler as RouteHandler,
    });
  }

  get routes(): readonly Pick<Route, 'method' | 'path'>[] {
    return this.added;
  }

  isBelow(path: string): boolean {
    return path === this.path || path.startsWith(`${this.path}/`);
  }

  handle(request: RoutedRequest, response: ServerResponse): void {
    const [path = '', search = ''] = (request.url ?? '').split('?', 2);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    for (const route of this.added) {
      const match = route.method === method ? route.pattern.exec(path) : null;
      if (match === null) continue;
      const params = decoded(match.groups ?? {});
      if (params === undefined) {
        sendJson(response, 400, { message: 'This address cannot be read.' });
        return;
      }
      Object.assign(request, { params, query: queryOf(search) });
      route.handler(request, response, () => {
        notFound(response);
      });
      return;
    }
    notFound(response);
  }
}

export function notFound(response: ServerResponse): void {
  sendJson(response, 404, { message: 'There is no such address.' });
}

/** @returns undefined if one of them cannot be decoded */
function decoded(params: Record<string, string>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    return undefined;
  }
}

/** What is given more than once is a list. */
function queryOf(search: string): Record<string, string | string[]> {
  const parameters = new URLSearchParams(search);
  const entries = [...new Set(parameters.keys())].map((name): [string, string | string[]] => {
    const [value = '', ...others] = parameters.getAll(name);
    return [name, others.length === 0 ? value : [value, ...others]];
  });
  return Object.fromEntries(entries);
}
