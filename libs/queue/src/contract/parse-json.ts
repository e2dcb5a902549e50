import {
  isZodSchema,
  type SchemaOutput,
  type StandardResult,
  type StandardSchema,
} from './standard-schema';

/** A field that violates a schema. */
export interface FieldProblem {
  /** Its path, such as `to` or `items[2].price`; empty for the value as a whole. */
  readonly field: string;
  readonly problem: string;
}

export type Parsed<Schema extends StandardSchema> =
  | { readonly ok: true; readonly value: SchemaOutput<Schema> }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Validates a value against a schema, and lists every field that violates it. */
export async function parse<Schema extends StandardSchema>(
  schema: Schema,
  value: unknown,
): Promise<Parsed<Schema>> {
  const parsed = await validate(schema, value);
  if (parsed.issues === undefined) return { ok: true, value: parsed.value };
  const problems = parsed.issues.map(({ path = [], message }) => ({
    field: fieldName(path.map((part) => (typeof part === 'object' ? part.key : part))),
    problem: message,
  }));
  return { ok: false, problems };
}

/** For zod not by the standard's method, which runs a transform that throws, or has a promise, twice (zod 4.6). */
async function validate(schema: StandardSchema, value: unknown): Promise<StandardResult<unknown>> {
  if (!isZodSchema(schema)) return schema['~standard'].validate(value);
  const parsed = await schema.safeParseAsync(value);
  return parsed.success ? { value: parsed.data } : parsed.error;
}

/**
 * The value as the other end reads it after JSON storage.
 *
 * @throws TypeError if JSON cannot represent it, such as a bigint or a circular object.
 */
export function throughJson(value: unknown): unknown {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? undefined : (JSON.parse(json) as unknown);
}

/** Formats a path: `items[2].price`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((field, key) => {
    if (typeof key === 'number') return `${field}[${key}]`;
    return field === '' ? String(key) : `${field}.${String(key)}`;
  }, '');
}
