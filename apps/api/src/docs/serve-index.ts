import type { NestExpressApplication } from '@nestjs/platform-express';
import { openApiDocument } from './serve-docs';

/** Serves an index at `/`: links to the documentation and the health endpoints, and the routes. */
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
