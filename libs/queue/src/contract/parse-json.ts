import type { z } from 'zod';

/** A field that violates a schema. */
export interface FieldProblem {
  /** Its path, such as `to` or `items[2].price`; empty for the value as a whole. */
  readonly field: string;
  readonly problem: string;
}

export type Parsed<Schema extends z.ZodType> =
  | { readonly ok: true; readonly value: z.output<Schema> }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Validates a value against a schema, and lists every field that violates it. */
export async function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): Promise<Parsed<Schema>> {
  const parsed = await schema.safeParseAsync(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => ({
    field: fieldName(path),
    problem: message,
  }));
  return { ok: false, problems };
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
