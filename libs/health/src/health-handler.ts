import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readiness } from './readiness';

/** Answers one request. For other paths, calls `next` if given, otherwise answers 404. */
export type HttpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: () => void,
) => void;

const LIVE = '/health/live';
const READY = '/health/ready';

/**
 * Serves `/health/live` and `/health/ready`, for GET and HEAD; and on `/`, unless it hands on other paths, what there is.
 *
 * - live: 200 as long as the process can answer.
 * - ready: 200 with each check, or 503 while the process starts, stops, or lacks a dependency.
 *
 * Needs no web framework, so that a worker serves it with `node:http` alone. An Express application
 * mounts the same function as middleware.
 *
 * @param others further paths to list on `/`, which another handler answers
 */
export function healthHandler(readiness: Readiness, others: readonly string[] = []): HttpHandler {
  return (request, response, next) => {
    const path = (request.url ?? '').split('?', 1)[0];
    const known = path === LIVE || path === READY || (path === '/' && next === undefined);
    if (!known || (request.method !== 'GET' && request.method !== 'HEAD')) {
      if (next) next();
      else send(response, 404, { status: 404, title: 'Not Found' }, 'application/problem+json');
      return;
    }
    if (path === '/') {
      send(response, 200, { endpoints: [LIVE, READY, ...others] });
      return;
    }
    if (path === LIVE) {
      send(response, 200, { status: 'live' });
      return;
    }
    readiness.report().then(
      ({ ready, state, checks }) => {
        const status = ready ? 'ready' : 'unavailable';
        send(response, ready ? 200 : 503, { status, state, checks });
      },
      () => {
        send(response, 503, { status: 'unavailable', state: readiness.state, checks: {} });
      },
    );
  };
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  contentType = 'application/json',
): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
  // Node omits the body of a HEAD response by itself.
  response.end(JSON.stringify(body));
}
