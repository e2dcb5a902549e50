import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { QUEUE_PAGE_PATH } from '../queues/queue-page';
import { namedSchemas } from './schema-registry';

/** The OpenAPI 3.1 document of the api, from its routes and the zod schemas that they validate with. */
export function openApiDocument(app: NestExpressApplication): OpenAPIObject {
  const info = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('api')
    .setDescription('Stores requests and leaves the slow part to background jobs.')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'OPERATOR_TOKEN' })
    .build();
  const document = SwaggerModule.createDocument(app, info);
  // What the page of queues asks is its own matter.
  const paths = Object.fromEntries(
    Object.entries(document.paths).filter(([path]) => !path.startsWith(`/${QUEUE_PAGE_PATH}`)),
  );
  return { ...document, paths, components: { ...document.components, schemas: namedSchemas() } };
}

/** Serves the document as pages at /docs, and as JSON at /docs-json. */
export function serveDocs(app: NestExpressApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: 'api',
    raw: ['json'],
  });
}
