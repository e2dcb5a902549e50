import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { context, propagation, type Span, trace } from '@opentelemetry/api';
import { startClientSpan } from './client-span';
import { ATTRIBUTE } from './conventions';
import { noteStatus, failSpan } from './fail-span';

/** What undici, which is also Node's `fetch`, publishes of a request. */
interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
  addHeader(name: string, value: string): unknown;
}

interface UndiciMessage {
  readonly request: UndiciRequest;
  readonly response?: { readonly statusCode: number };
  readonly error?: unknown;
}

/**
 * Gives each request of `fetch` and undici a span, and the server its trace.
 *
 * @returns what undoes it
 */
export function traceFetch(): () => void {
  const spans = new WeakMap<UndiciRequest, Span>();
  const stop = [
    on('create', ({ request }) => {
      const span = startRequest(request);
      if (span === undefined) return;
      spans.set(request, span);
      propagation.inject(trace.setSpan(context.active(), span), request, {
        set: (to, name, value) => to.addHeader(name, value),
      });
    }),
    on('headers', ({ request, response }) => {
      const span = spans.get(request);
      if (span !== undefined && response !== undefined) noteStatus(span, response.statusCode, 400);
    }),
    on('trailers', ({ request }) => spans.get(request)?.end()),
    on('error', ({ request, error }) => {
      const span = spans.get(request);
      if (span === undefined) return;
      failSpan(span, error);
      span.end();
    }),
  ];
  return () => {
    for (const undo of stop) undo();
  };
}

function on(event: string, listener: (message: UndiciMessage) => void): () => void {
  const name = `undici:request:${event}`;
  const receive = (message: unknown) => {
    // As undici's documentation has it.
    listener(message as UndiciMessage);
  };
  subscribe(name, receive);
  return () => unsubscribe(name, receive);
}

function startRequest({ method, origin, path }: UndiciRequest): Span | undefined {
  return startClientSpan(() => ({
    name: method,
    attributes: requestAttributes(method, new URL(path, origin)),
  }));
}

/** The query of a URL may hold secrets, and is left out. */
export function requestAttributes(method: string, url: URL) {
  const standardPort = url.protocol === 'https:' ? 443 : 80;
  return {
    [ATTRIBUTE.httpMethod]: method,
    [ATTRIBUTE.urlFull]: `${url.origin}${url.pathname}`,
    [ATTRIBUTE.serverAddress]: url.hostname,
    [ATTRIBUTE.serverPort]: url.port === '' ? standardPort : Number(url.port),
  };
}
