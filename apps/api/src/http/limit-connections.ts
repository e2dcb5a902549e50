import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ApiConfig } from '../config';

/** In milliseconds: for the headers, which a proxy sends at once. */
const HEADERS_TIMEOUT = 15_000;

type ConnectionConfig = Pick<
  ApiConfig,
  'KEEP_ALIVE_TIMEOUT' | 'REQUEST_TIMEOUT' | 'TRUSTED_PROXIES'
>;

/** How long connections may take and stay, and which proxies are believed. */
export function limitConnections(app: NestExpressApplication, config: ConnectionConfig): void {
  const server: Server = app.getHttpServer();
  server.requestTimeout = config.REQUEST_TIMEOUT;
  server.headersTimeout = Math.min(HEADERS_TIMEOUT, config.REQUEST_TIMEOUT);
  server.keepAliveTimeout = config.KEEP_ALIVE_TIMEOUT;
  if (config.TRUSTED_PROXIES !== undefined) app.set('trust proxy', config.TRUSTED_PROXIES);
}
