import { alternativesOf, type JsonSchema, listedValues, resolved, typesOf } from './json-schema';

/** A change of a schema, by which a value that was valid may not be any more. */
export interface Narrowing {
  /** Its path, such as `to` or `items[].price`; empty for the data as a whole. */
  readonly field: string;
  /** A clause, such as `is required`. */
  readonly change: string;
}

/** Limits that are stricter if they are higher, and those that are if they are lower. */
const LOWEST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'] as const;
const HIGHEST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'] as const;

/** Whether what the one describes is part of what the other does: every integer is a number. */
const isPartOf = (type: string, types: readonly string[]) =>
  types.includes(type) || (type === 'integer' && types.includes('number'));

/**
 * What a schema refuses that an earlier one of the same data accepted. Where it cannot be known, as for two patterns,
 * it counts as refused.
 */
export function narrowings(before: JsonSchema, after: JsonSchema): Narrowing[] {
  return new Comparison(before, after).compare(before, after, '');
}

class Comparison {
  /** Of schemas that contain themselves. */
  private readonly compared = new Map<JsonSchema, Set<JsonSchema>>();

  constructor(
    private readonly beforeRoot: JsonSchema,
    private readonly afterRoot: JsonSchema,
  ) {}

  compare(before: JsonSchema, after: JsonSchema, field: string): Narrowing[] {
    const old = resolved(before, this.beforeRoot);
    const now = resolved(after, this.afterRoot);
    const known = this.compared.get(old) ?? new Set();
    if (known.has(now)) return [];
    this.compared.set(old, known.add(now));
    const olds = alternativesOf(old, this.beforeRoot);
    const nows = alternativesOf(now, this.afterRoot);
    const [one, ...others] = nows;
    const found = olds.flatMap((each) => {
      if (one !== undefined && others.length === 0) return this.compareOne(each, one, field);
      const attempts = nows.map((accepting) => this.compareOne(each, accepting, field));
      if (attempts.some((refused) => refused.length === 0)) return [];
      return [{ field, change: `accepts no ${describe(each)} any more` }];
    });
    known.delete(now);
    return unique(found);
  }

  private compareOne(before: JsonSchema, after: JsonSchema, field: string): Narrowing[] {
    const parts = after.allOf?.flatMap((part) => this.compare(before, part, field)) ?? [];
    const old = before.allOf === undefined ? before : this.merged(before);
    const whole = this.compareValues(old, after, field);
    if (whole.length > 0) return [...parts, ...whole];
    return [
      ...parts,
      ...this.compareLimits(old, after, field),
      ...this.compareProperties(old, after, field),
      ...this.compareItems(old, after, field),
    ];
  }

  /** An intersection, as far as it is one of objects. */
  private merged({ allOf = [], ...own }: JsonSchema): JsonSchema {
    const parts = allOf.map((part) => resolved(part, this.beforeRoot));
    return Object.assign({}, ...parts, own, {
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)) as object,
      required: parts.flatMap(({ required = [] }) => required),
    }) as JsonSchema;
  }

  private compareValues(before: JsonSchema, after: JsonSchema, field: string): Narrowing[] {
    if (after.not !== undefined && before.not === undefined) {
      return [{ field, change: 'is not accepted any more' }];
    }
    const [oldValues, values] = [listedValues(before), listedValues(after)];
    if (values !== undefined) {
      if (oldValues === undefined) return [{ field, change: `accepts only ${list(values)}` }];
      const gone = oldValues.filter((value) => !values.includes(value));
      return gone.length === 0 ? [] : [{ field, change: `accepts no ${list(gone)} any more` }];
    }
    const types = typesOf(after);
    if (types === undefined) return [];
    const oldTypes = typesOf(before) ?? oldValues?.map(typeOfValue);
    if (oldTypes === undefined) return [{ field, change: `accepts only ${types.join(' or ')}` }];
    const gone = oldTypes.filter((type) => !isPartOf(type, types));
    if (gone.length === 0) return [];
    return [{ field, change: `is ${types.join(' or ')}, and was ${gone.join(' or ')}` }];
  }

  private compareLimits(before: JsonSchema, after: JsonSchema, field: string): Narrowing[] {
    const found: Narrowing[] = [];
    const values = listedValues(before);
    const isStricter = (name: string, sign: 1 | -1) => {
      const [old, now] = [before[name], after[name]];
      if (typeof now !== 'number' || values !== undefined) return;
      // What zod writes for every integer.
      if (Math.abs(now) === Number.MAX_SAFE_INTEGER) return;
      if (typeof old === 'number' && sign * old >= sign * now) return;
      found.push({
        field,
        change: `has ${name} ${now}${typeof old === 'number' ? `, and had ${old}` : ''}`,
      });
    };
    for (const name of LOWEST) isStricter(name, 1);
    for (const name of HIGHEST) isStricter(name, -1);
    for (const name of ['format', 'pattern', 'multipleOf'] as const) {
      const [old, now] = [before[name], after[name]];
      if (now === undefined || now === old || values !== undefined) continue;
      // A format brings its own pattern, of the zod that is installed.
      if (name === 'pattern' && after.format !== undefined) continue;
      found.push({ field, change: `has the ${name} ${JSON.stringify(now)}` });
    }
    return found;
  }

  private compareProperties(before: JsonSchema, after: JsonSchema, field: string): Narrowing[] {
    const { properties: old = {}, required: oldRequired = [] } = before;
    const { properties = {}, required = [], additionalProperties: others } = after;
    const path = (name: string) => (field === '' ? name : `${field}.${name}`);
    const found: Narrowing[] = required
      .filter((name) => !oldRequired.includes(name))
      .map((name) => ({ field: path(name), change: 'is required' }));
    for (const [name, schema] of Object.entries(old)) {
      const now = properties[name];
      if (now !== undefined) found.push(...this.compare(schema, now, path(name)));
      else if (others === false)
        found.push({ field: path(name), change: 'is not accepted any more' });
      else if (typeof others === 'object') found.push(...this.compare(schema, others, path(name)));
    }
    const oldOthers = before.additionalProperties;
    const isObject = typesOf(before)?.includes('object') ?? false;
    if (others === false && isObject && oldOthers !== false) {
      found.push({ field, change: 'accepts no unknown fields any more' });
    } else if (typeof others === 'object' && typeof oldOthers === 'object') {
      found.push(...this.compare(oldOthers, others, path('*')));
    }
    return found;
  }

  private compareItems(before: JsonSchema, after: JsonSchema, field: string): Narrowing[] {
    const { items: old, prefixItems: oldFirst = [] } = before;
    const { items, prefixItems: first = [] } = after;
    const found: Narrowing[] = first.flatMap((schema, index) => {
      const known = oldFirst[index] ?? (typeof old === 'object' ? old : undefined);
      return known === undefined
        ? [{ field: `${field}[${index}]`, change: 'is new' }]
        : this.compare(known, schema, `${field}[${index}]`);
    });
    if (typeof items !== 'object') return found;
    const rest = [...oldFirst.slice(first.length), ...(typeof old === 'object' ? [old] : [])];
    return [...found, ...rest.flatMap((schema) => this.compare(schema, items, `${field}[]`))];
  }
}

function typeOfValue(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

function describe(schema: JsonSchema): string {
  const values = listedValues(schema);
  return values === undefined ? (typesOf(schema) ?? ['value']).join(' or ') : list(values);
}

function list(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}

function unique(found: readonly Narrowing[]): Narrowing[] {
  return [...new Map(found.map((each) => [`${each.field} ${each.change}`, each])).values()];
}
