import type { z } from 'zod';
import { reasonOf } from '../text/reason-of';
import { findForbiddenCharacters } from './forbidden-characters';
import { type FieldProblem, fieldName, parse, type Parsed, throughJson } from './parse-json';
import { partsOf } from './schema-parts';
import { isZodSchema, type SchemaOutput, type StandardSchema } from './standard-schema';

/** A value as it is stored, and what its schema makes of that. */
export type Encoded<Schema extends StandardSchema> =
  | { readonly ok: true; readonly json: unknown; readonly value: SchemaOutput<Schema> }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

type Path = readonly PropertyKey[];

/**
 * Makes the JSON form of a value, and validates it as the other end will.
 *
 * Where the schema has a codec, the value has the JSON form or the typed one. If it could be both, it counts as the
 * JSON form: a codec from string to string is given what is stored.
 */
export async function encodeJson<Schema extends StandardSchema>(
  schema: Schema,
  value: unknown,
): Promise<Encoded<Schema>> {
  const problems: FieldProblem[] = [];
  const encoded = hasCodec(schema) ? await encode(schema, value, [], problems) : value;
  if (problems.length > 0) return { ok: false, problems };
  let json: unknown;
  try {
    // BullMQ stores `undefined` as an empty object.
    json = encoded === undefined ? {} : throughJson(encoded);
  } catch (error) {
    const problem = `it cannot be written as JSON (${reasonOf(error)})`;
    return { ok: false, problems: [{ field: '', problem }] };
  }
  const forbidden = findForbiddenCharacters(json);
  if (forbidden.length > 0) return { ok: false, problems: forbidden };
  const parsed = await parse(schema, json);
  return parsed.ok ? { ok: true, json: encoded, value: parsed.value } : parsed;
}

/**
 * Makes what is stored of a result: what the schema returns or, if it has a codec, the JSON form of that. So in both
 * cases it has no key that the schema does not have.
 */
export function encodeResult(
  schema: StandardSchema,
  result: unknown,
): Promise<Parsed<StandardSchema>> {
  return hasCodec(schema) ? encodeByCodec(schema, result) : parse(schema, result);
}

async function encodeByCodec(schema: z.ZodType, result: unknown): Promise<Parsed<StandardSchema>> {
  const encoded = await encodeJson(schema, result);
  // `defineJob` refuses a result that has no way back.
  return encoded.ok ? { ok: true, value: await schema.encodeAsync(encoded.value) } : encoded;
}

/** Makes of a stored result what its schema returns, or refuses it: another version of the contract may have stored it. */
export async function decodeResult(
  schema: StandardSchema,
  stored: unknown,
): Promise<Parsed<StandardSchema>> {
  if (hasCodec(schema)) return parse(schema, stored);
  // Stored is what the schema has returned already. A handler that returns nothing leaves `null`.
  const isNothing = stored === null && !(await parse(schema, null)).ok;
  return { ok: true, value: isNothing ? undefined : stored };
}

/** Only zod has codecs. */
function hasCodec(schema: StandardSchema): schema is z.ZodType {
  return isZodSchema(schema) && partsOf(schema).hasCodec;
}

/**
 * Replaces what a codec is for by its JSON form, and leaves everything else as it is: zod's own `encode` fails for
 * a field with a transform, and for one that is omitted because it has a default (4.6).
 */
async function encode(
  schema: z.core.$ZodType,
  value: unknown,
  path: Path,
  problems: FieldProblem[],
): Promise<unknown> {
  if (value === undefined || value === null || !partsOf(schema).hasCodec) return value;
  const { def } = schema._zod as z.core.$ZodTypes['_zod'];
  switch (def.type) {
    case 'object': {
      if (typeof value !== 'object') return value;
      const copy: Record<string, unknown> = { ...value };
      for (const [key, field] of Object.entries(def.shape)) {
        if (!(key in copy)) continue;
        copy[key] = await encode(field, copy[key], [...path, key], problems);
      }
      return copy;
    }
    case 'array': {
      if (!Array.isArray(value)) return value;
      const items = value.map((item, index) =>
        encode(def.element, item, [...path, index], problems),
      );
      return Promise.all(items);
    }
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
      return encode(def.innerType, value, path, problems);
    case 'lazy':
      return encode(def.getter(), value, path, problems);
    default:
      return encodeWhole(schema as z.ZodType, value, path, problems);
  }
}

/** Of a codec, and of what may hold one in several ways, such as a union. */
async function encodeWhole(
  schema: z.ZodType,
  value: unknown,
  path: Path,
  problems: FieldProblem[],
): Promise<unknown> {
  const maybeJson = isJson(value);
  if (maybeJson && (await schema.safeParseAsync(value)).success) return value;
  try {
    const encoded = await schema.safeEncodeAsync(value);
    if (encoded.success) return encoded.data;
    // Otherwise the JSON form is checked, and what is wrong with that is reported.
    if (maybeJson) return value;
    for (const issue of encoded.error.issues) {
      problems.push({ field: fieldName([...path, ...issue.path]), problem: issue.message });
    }
  } catch (error) {
    if (maybeJson) return value;
    const problem = `it has no JSON form (${reasonOf(error)})`;
    problems.push({ field: fieldName(path), problem });
  }
  return value;
}

/** Whether JSON has all of a value. */
function isJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return ['string', 'boolean'].includes(typeof value) || value === null || Number.isFinite(value);
  }
  if (Array.isArray(value)) return value.every(isJson);
  const isPlain = Object.prototype.toString.call(value) === '[object Object]';
  return (
    isPlain &&
    !('toJSON' in value) &&
    Object.values(value).every((part) => part === undefined || isJson(part))
  );
}
