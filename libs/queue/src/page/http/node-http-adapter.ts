import { createServer, type Server, type ServerResponse } from 'node:http';
import { RequestMethod } from '@nestjs/common';
import { AbstractHttpAdapter } from '@nestjs/core';
import { sendJson } from '../send';
import type { PageRouter, RoutedRequest } from './page-router';

/**
 * Lets Nest serve the page by `node:http` alone, so that a worker need not carry a web framework. It has what the
 * controllers of the page use, and serves nothing else. Something else listens, and hands requests to the router.
 */
export class NodeHttpAdapter extends AbstractHttpAdapter<Server, RoutedRequest, ServerResponse> {
  constructor(readonly router: PageRouter) {
    super(routesOf(router));
  }

  initHttpServer(): void {
    // Nest asks for one. It never listens.
    this.httpServer = createServer();
  }

  close(): void {
    // What listens is closed by its owner.
  }

  getType(): string {
    return 'node:http';
  }

  getRequestMethod({ method }: RoutedRequest): string | undefined {
    return method;
  }

  getRequestUrl({ url }: RoutedRequest): string | undefined {
    return url;
  }

  getRequestHostname({ headers }: RoutedRequest): string | undefined {
    return headers.host;
  }

  status(response: ServerResponse, status: number): ServerResponse {
    response.statusCode = status;
    return response;
  }

  reply(response: ServerResponse, body: unknown, status = response.statusCode): void {
    sendJson(response, status, body ?? null);
  }

  end(response: ServerResponse, message?: string): void {
    response.end(message);
  }

  redirect(response: ServerResponse, status: number, location: string): void {
    response.writeHead(status, { location }).end();
  }

  isHeadersSent(response: ServerResponse): boolean {
    return response.headersSent;
  }

  getHeader(response: ServerResponse, name: string) {
    return response.getHeader(name);
  }

  setHeader(response: ServerResponse, name: string, value: string): void {
    response.setHeader(name, value);
  }

  appendHeader(response: ServerResponse, name: string, value: string): void {
    response.appendHeader(name, value);
  }

  setErrorHandler(): void {
    // The page has a filter of its own.
  }

  setNotFoundHandler(): void {
    // The router answers.
  }

  createMiddlewareFactory(): () => void {
    return ignore;
  }

  registerParserMiddleware(): void {
    // The login reads its form by itself.
  }

  applyVersionFilter(): never {
    return refuse('versions');
  }

  useStaticAssets(): never {
    return refuse('static files');
  }

  setViewEngine(): never {
    return refuse('views');
  }

  render(): never {
    return refuse('views');
  }

  enableCors(): never {
    return refuse('other origins');
  }
}

type Register = (...args: unknown[]) => void;

const ignore: Register = () => undefined;

/** What Nest registers routes with: a function for each method. */
function routesOf(router: PageRouter): Record<string, Register> {
  const methods = Object.values(RequestMethod).filter((name) => typeof name === 'string');
  const ignored = ['use', ...methods.map((name) => name.toLowerCase())].map(
    (name): [string, Register] => [name, ignore],
  );
  const add =
    (method: string): Register =>
    (path, handler) => {
      router.add(method, path, handler);
    };
  return { ...Object.fromEntries(ignored), get: add('GET'), post: add('POST') };
}

function refuse(what: string): never {
  throw new TypeError(`The page of queues has no ${what}.`);
}
