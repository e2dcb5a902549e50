/** The parts of JSON Schema that zod writes. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly format?: string;
  readonly pattern?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly [limit: string]: unknown;
}

/** Follows a reference within its document: `#`, or `#/$defs/Name`. */
export function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const steps = schema.$ref.split('/').slice(1);
  const target = steps.reduce<unknown>(
    (part, step) => (typeof part === 'object' && part !== null ? Reflect.get(part, step) : {}),
    root,
  );
  return resolved(target as JsonSchema, root);
}

/** The values that are listed one by one; undefined if there is no such list. */
export function listedValues({ enum: values, const: only, ...rest }: JsonSchema) {
  if (values !== undefined) return values;
  return only === undefined && rest.type !== 'null' ? undefined : [only ?? null];
}

/** The types of JSON that a schema names; undefined if it names none, and takes all. */
export function typesOf({ type }: JsonSchema): readonly string[] | undefined {
  return typeof type === 'string' ? [type] : type;
}

/** What the schema is one of, each for itself. */
export function alternativesOf(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const known = resolved(schema, root);
  const several = known.anyOf ?? known.oneOf;
  if (several !== undefined) return several.flatMap((one) => alternativesOf(one, root));
  // A union of strings and numbers is one schema with two types.
  const types = typesOf(known) ?? [];
  return types.length > 1 ? types.map((type) => ({ ...known, type })) : [known];
}
