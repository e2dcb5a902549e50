import type { z } from 'zod';

type Schema = z.core.$ZodType;

/** What a schema, with all that are inside of it, consists of. */
export interface SchemaParts {
  /** A codec (`z.codec`): it converts between a value and its JSON form both ways. */
  readonly hasCodec: boolean;
  /** A conversion of one direction: `transform`, `z.preprocess`. */
  readonly hasTransform: boolean;
}

const known = new WeakMap<Schema, SchemaParts>();

export function partsOf(schema: Schema): SchemaParts {
  let parts = known.get(schema);
  if (parts === undefined) {
    const all = [...schemasOf(schema, new Set())].map(({ _zod }) => _zod.def);
    parts = {
      hasCodec: all.some((def) => 'reverseTransform' in def),
      hasTransform: all.some(({ type }) => type === 'transform'),
    };
    known.set(schema, parts);
  }
  return parts;
}

function* schemasOf(schema: Schema, seen: Set<Schema>): Generator<Schema> {
  if (seen.has(schema)) return;
  seen.add(schema);
  yield schema;
  for (const inner of namedBy(schema._zod.def)) yield* schemasOf(inner, seen);
}

/** The schemas that a definition names: by itself, in a list, or by key. */
function* namedBy(definition: object, isInside = false): Generator<Schema> {
  for (const [key, part] of Object.entries(definition) as [string, unknown][]) {
    if (key === 'getter' && typeof part === 'function') yield (part as () => Schema)();
    else if (typeof part !== 'object' || part === null) continue;
    else if ('_zod' in part) yield part as Schema;
    else if (!isInside) yield* namedBy(part, true);
  }
}
