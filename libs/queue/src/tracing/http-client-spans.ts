import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import { context, propagation, trace } from '@opentelemetry/api';
import { startClientSpan } from './client-span';
import { failSpan, noteStatus } from './fail-span';
import { requestAttributes } from './fetch-spans';

type AddRequest = (this: http.Agent, request: ClientRequest, ...others: unknown[]) => unknown;

/**
 * Gives each request of `node:http` and `node:https` that has an agent (the default) a span, and the server its trace.
 * Node's channels report a request once its headers are sent, which is too late for the latter.
 *
 * @returns what undoes it
 */
export function traceHttpClients(): () => void {
  const agents = http.Agent.prototype as unknown as { addRequest: AddRequest };
  const { addRequest } = agents;
  agents.addRequest = function (request, ...others) {
    startRequest(request);
    return addRequest.call(this, request, ...others);
  };
  return () => {
    agents.addRequest = addRequest;
  };
}

function startRequest(request: ClientRequest): void {
  const { method, protocol, host, path } = request;
  const span = startClientSpan(() => {
    const authority = request.getHeader('host');
    const url = URL.parse(path, `${protocol}//${typeof authority === 'string' ? authority : host}`);
    return url === null ? undefined : { name: method, attributes: requestAttributes(method, url) };
  });
  if (span === undefined) return;
  propagation.inject(trace.setSpan(context.active(), span), request, {
    set: (to, name, value) => to.setHeader(name, value),
  });
  request.once('response', ({ statusCode = 0 }: IncomingMessage) => {
    noteStatus(span, statusCode, 400);
  });
  request.once('error', (error) => {
    failSpan(span, error);
  });
  request.once('close', () => {
    span.end();
  });
}
