import type { z } from 'zod';

/** One field that breaks a schema. */
export interface FieldProblem {
  /** The path to it, such as `to` or `items[2].price`; empty for the value as a whole. */
  readonly field: string;
  readonly problem: string;
}

export type Parsed<Schema extends z.ZodType> =
  | { readonly ok: true; readonly value: z.output<Schema> }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Checks a value against a schema, and names every field that breaks it. */
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
 * The value as the other end will see it, once it has been stored as JSON.
 *
 * @throws TypeError if JSON cannot hold it, as a bigint or an object that contains itself.
 */
export function throughJson(value: unknown): unknown {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? undefined : (JSON.parse(json) as unknown);
}

/** A path as a person writes it: `items[2].price`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((field, key) => {
    if (typeof key === 'number') return `${field}[${key}]`;
    return field === '' ? String(key) : `${field}.${String(key)}`;
  }, '');
}
