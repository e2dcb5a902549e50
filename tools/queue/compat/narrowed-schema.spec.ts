import * as z from 'zod';
import { narrowings } from './narrowed-schema';
import type { JsonSchema } from './json-schema';

function compare(before: z.ZodType, after: z.ZodType): string[] {
  const [old, now] = [before, after].map(
    (schema) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema,
  );
  return narrowings(old ?? {}, now ?? {}).map(({ field, change }) => `${field} ${change}`.trim());
}

interface Tree {
  name: string;
  inner: Tree[];
}
const tree = (name: z.ZodType<string>): z.ZodType<Tree> => {
  const self: z.ZodType<Tree> = z.object({ name, inner: z.array(z.lazy(() => self)) });
  return self;
};
const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (value) => value.toISOString(),
});

describe('a change of a schema that accepts less than before', () => {
  it.each<[string, z.ZodType, z.ZodType, string[]]>([
    [
      'a required field that is new',
      z.object({ a: z.string() }),
      z.object({ a: z.string(), b: z.string() }),
      ['b is required'],
    ],
    [
      'an optional field that is required now',
      z.object({ a: z.string().optional() }),
      z.object({ a: z.string() }),
      ['a is required'],
    ],
    [
      'another type',
      z.object({ a: z.string() }),
      z.object({ a: z.number() }),
      ['a is number, and was string'],
    ],
    [
      'integers only',
      z.object({ a: z.number() }),
      z.object({ a: z.int() }),
      ['a is integer, and was number'],
    ],
    [
      'a value of an enum that is gone, deep inside',
      z.object({ list: z.array(z.object({ size: z.enum(['s', 'm', 'l']) })) }),
      z.object({ list: z.array(z.object({ size: z.enum(['s', 'm']) })) }),
      ['list[].size accepts no "l" any more'],
    ],
    [
      'an enum in place of a string',
      z.object({ a: z.string() }),
      z.object({ a: z.enum(['x', 'y']) }),
      ['a accepts only "x", "y"'],
    ],
    [
      'null that is not accepted any more',
      z.object({ a: z.string().nullable() }),
      z.object({ a: z.string() }),
      ['a is string, and was null'],
    ],
    [
      'a member of a union that is gone',
      z.object({ a: z.union([z.string(), z.number()]) }),
      z.object({ a: z.union([z.string(), z.boolean()]) }),
      ['a accepts no number any more'],
    ],
    [
      'a member of a union of objects that is gone',
      z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]),
      z.union([z.object({ a: z.string() }), z.object({ c: z.string() })]),
      ['accepts no object any more'],
    ],
    [
      'stricter limits',
      z.object({ a: z.string().max(10), b: z.number(), c: z.array(z.string()) }),
      z.object({ a: z.string().max(5), b: z.number().min(1), c: z.array(z.string()).min(1) }),
      ['a has maxLength 5, and had 10', 'b has minimum 1', 'c has minItems 1'],
    ],
    [
      'a format',
      z.object({ a: z.string() }),
      z.object({ a: z.email() }),
      ['a has the format "email"'],
    ],
    [
      'a strict object that lacks a field',
      z.strictObject({ a: z.string(), b: z.string() }),
      z.strictObject({ a: z.string() }),
      ['b is not accepted any more'],
    ],
    [
      'an object that is strict now',
      z.object({ a: z.string() }),
      z.strictObject({ a: z.string() }),
      ['accepts no unknown fields any more'],
    ],
    [
      'the values of a record',
      z.object({ a: z.record(z.string(), z.unknown()) }),
      z.object({ a: z.record(z.string(), z.string()) }),
      ['a.* accepts only string'],
    ],
    [
      'a schema that contains itself',
      tree(z.string()),
      tree(z.string().min(1)),
      ['name has minLength 1'],
    ],
  ])('is named: %s', (_, before, after, changes) => {
    expect(compare(before, after)).toEqual(changes);
  });
});

describe('a change of a schema that accepts all that it did', () => {
  it.each<[string, z.ZodType, z.ZodType]>([
    ['none', z.object({ a: z.email(), at: date }), z.object({ a: z.email(), at: date })],
    [
      'a new field that is optional, or has a default',
      z.object({}),
      z.object({ a: z.string().optional(), b: z.number().default(1) }),
    ],
    ['a field less', z.object({ a: z.string(), b: z.string() }), z.object({ a: z.string() })],
    [
      'wider types',
      z.object({ a: z.int(), b: z.string(), c: z.literal('x') }),
      z.object({ a: z.number(), b: z.string().nullable(), c: z.enum(['x', 'y']) }),
    ],
    ['anything', z.object({ a: z.string() }), z.object({ a: z.unknown() })],
    ['a literal as a string', z.object({ a: z.literal('x') }), z.object({ a: z.string().min(3) })],
    [
      'wider limits',
      z.object({ a: z.string().min(3).max(5) }),
      z.object({ a: z.string().min(1).max(9) }),
    ],
    [
      'a union with wider limits of its members',
      z.object({ a: z.union([z.string(), z.number()]) }),
      z.object({ a: z.union([z.string(), z.number(), z.string().min(2)]) }),
    ],
    ['a date as a codec', z.object({ at: z.iso.datetime() }), z.object({ at: date })],
    [
      'another member of a union of objects',
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), x: z.string() })]),
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), x: z.string() }),
        z.object({ kind: z.literal('b') }),
      ]),
    ],
    ['a schema that contains itself', tree(z.string().min(1)), tree(z.string())],
    [
      'an intersection',
      z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })),
      z.object({ a: z.string(), b: z.string().optional() }),
    ],
  ])('is none that breaks: %s', (_, before, after) => {
    expect(compare(before, after)).toEqual([]);
  });
});
