import type { OpenAPIObject } from '@nestjs/swagger';
import * as z from 'zod';

type NamedSchemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** The zod schemas that the OpenAPI document shows by name, under `#/components/schemas`. */
const registry = z.registry<{ id: string }>();

/**
 * Names a schema in the document, and returns a reference to it. The same schema keeps its first name.
 *
 * @throws TypeError if it is not a schema of zod 4.
 */
export function schemaRef(id: string, schema: z.ZodType): { $ref: string } {
  if (!('_zod' in schema)) throw new TypeError(notOfZod(id, schema));
  if (!registry.has(schema)) registry.add(schema, { id });
  return { $ref: reference(registry.get(schema)?.id ?? id) };
}

/** All referenced schemas, in OpenAPI 3.1 format: JSON Schema 2020-12. */
export function namedSchemas(): NamedSchemas {
  const { schemas } = z.toJSONSchema(registry, {
    uri: reference,
    io: 'input',
    override: ({ jsonSchema }) => {
      leaveOutNoise(jsonSchema);
    },
  });
  for (const schema of Object.values(schemas)) {
    // `$schema` belongs to schema files, which these are not.
    delete schema.$schema;
    delete schema.$id;
  }
  return schemas as NamedSchemas;
}

/** The compiler refuses such a schema, but says it in a hundred lines. */
function notOfZod(id: string, schema: { '~standard'?: { vendor: string } }): string {
  const library = schema['~standard']?.vendor ?? 'another library';
  return (
    `"${id}" is a schema of ${library}. The OpenAPI document is made from schemas of zod 4. Describe the request with ` +
    'zod, and pass what it returns to the producer, which checks it against the contract.'
  );
}

/** Removes correct but useless details: the range of safe integers, and the pattern behind a format. */
function leaveOutNoise(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.format !== undefined) delete schema.pattern;
}

function reference(id: string): string {
  return `#/components/schemas/${id}`;
}
