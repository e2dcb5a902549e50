import type { NestExpressApplication } from '@nestjs/platform-express';
import { openApiDocument } from './serve-docs';

/** Serves a pointer at `/`: where the api is described, where it tells its health, and its routes. */
export function serveIndex(app: NestExpressApplication): void {
  const express = app.getHttpAdapter().getInstance();
  express.get('/', (_, response) => {
    const routes = Object.entries(openApiDocument(app).paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    response.json({
      docs: '/docs',
      openapi: '/docs-json',
      health: ['/health/live', '/health/ready'],
      routes,
    });
  });
}
