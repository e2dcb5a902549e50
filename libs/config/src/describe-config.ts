import * as z from 'zod';

/** The documentation of one variable. */
export interface ConfigRow {
  name: string;
  /** As written in the environment; `undefined` if there is none. */
  default: string | undefined;
  required: boolean;
  /** The purpose of the variable; empty if its schema has no description. */
  description: string;
  /** Whether its value must be kept secret, such as a token, or a URL that may hold a password. */
  isSecret: boolean;
}

/**
 * The variables of a configuration, in the order of its schema.
 *
 * Describe a default that is not constant with `.meta({ defaultText: 'the value of OTHER' })`. Mark a variable whose value
 * must not be shown with `.meta({ secret: true })`.
 */
export function describeConfig(schema: z.ZodObject): ConfigRow[] {
  const shape: z.core.$ZodShape = schema.shape;
  return Object.entries(shape).map(([name, field]) => ({
    name,
    default: defaultOf(field),
    required: !z.safeParse(field, undefined).success,
    description: metaOf(field, 'description') ?? '',
    isSecret: isSecret(field),
  }));
}

/** Wrappers such as `.default()` do not inherit the description of the inner schema. */
function* layersOf(field: z.core.$ZodType): Generator<z.core.$ZodType> {
  let layer: z.core.$ZodType | undefined = field;
  while (layer) {
    yield layer;
    layer = innerOf(layer);
  }
}

function innerOf(field: z.core.$ZodType): z.core.$ZodType | undefined {
  if (field instanceof z.ZodPipe) {
    // z.preprocess() puts its function before the schema, .transform() after it.
    return field.in instanceof z.ZodTransform ? field.out : field.in;
  }
  const wrapped =
    field instanceof z.ZodDefault ||
    field instanceof z.ZodPrefault ||
    field instanceof z.ZodOptional ||
    field instanceof z.ZodNullable ||
    field instanceof z.ZodReadonly ||
    field instanceof z.ZodCatch;
  return wrapped ? field.unwrap() : undefined;
}

function metaOf(field: z.core.$ZodType, key: string): string | undefined {
  for (const layer of layersOf(field)) {
    const value = z.globalRegistry.get(layer)?.[key];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

function isSecret(field: z.core.$ZodType): boolean {
  for (const layer of layersOf(field)) {
    if (z.globalRegistry.get(layer)?.['secret'] === true) return true;
  }
  return false;
}

function defaultOf(field: z.core.$ZodType): string | undefined {
  const told = metaOf(field, 'defaultText');
  if (told !== undefined) return told;
  for (const layer of layersOf(field)) {
    if (layer instanceof z.ZodDefault || layer instanceof z.ZodPrefault) {
      return String(layer.def.defaultValue);
    }
  }
  return undefined;
}
