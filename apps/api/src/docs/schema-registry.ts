import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';

type NamedSchemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** The zod schemas that the OpenAPI document shows by name, under `#/components/schemas`. */
const registry = z.registry<{ id: string }>();

/** Names a schema in the document, and refers to it. The same schema keeps its first name. */
export function schemaRef(id: string, schema: z.ZodType): { $ref: string } {
  if (!registry.has(schema)) registry.add(schema, { id });
  return { $ref: reference(registry.get(schema)?.id ?? id) };
}

/** All schemas that were referred to, as OpenAPI 3.1 has them: it is JSON Schema 2020-12. */
export function namedSchemas(): NamedSchemas {
  const { schemas } = z.toJSONSchema(registry, { uri: reference, io: 'input' });
  return schemas as NamedSchemas;
}

function reference(id: string): string {
  return `#/components/schemas/${id}`;
}
