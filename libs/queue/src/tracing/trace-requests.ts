import type { IncomingMessage, ServerResponse } from 'node:http';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { ATTRIBUTE, SCOPE } from './conventions';
import { noteStatus } from './fail-span';

/** What Express knows of a request once its route is found. */
interface Routed {
  readonly baseUrl?: string;
  readonly originalUrl?: string;
  readonly protocol?: string;
  readonly route?: { readonly path?: unknown };
}

/** Middleware that gives each request a span, as a part of the caller's trace if there is one. */
export function traceRequests(
  request: IncomingMessage & Routed,
  response: ServerResponse,
  next: () => void,
): void {
  const { method = '', headers, originalUrl = request.url ?? '' } = request;
  const caller = propagation.extract(ROOT_CONTEXT, headers);
  const attributes = {
    [ATTRIBUTE.httpMethod]: method,
    [ATTRIBUTE.urlPath]: originalUrl.split('?', 1)[0],
    [ATTRIBUTE.urlScheme]: request.protocol ?? 'http',
  };
  const span = trace
    .getTracer(SCOPE)
    .startSpan(method, { kind: SpanKind.SERVER, attributes }, caller);
  // Also when the connection ends before the answer.
  response.once('close', () => {
    const route = request.route?.path;
    if (typeof route === 'string') {
      const whole = `${request.baseUrl ?? ''}${route}`;
      span.updateName(`${method} ${whole}`).setAttribute(ATTRIBUTE.httpRoute, whole);
    }
    noteStatus(span, response.statusCode, 500);
    span.end();
  });
  context.with(trace.setSpan(caller, span), next);
}
