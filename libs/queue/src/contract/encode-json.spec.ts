import * as z from 'zod';
import { ResultCodecError } from './define-job.errors';
import { defineJob } from './define-job';
import { encodeJson, encodeResult } from './encode-json';

const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (value) => value.toISOString(),
});
const seconds = z.codec(z.int(), z.date(), {
  decode: (count) => new Date(count * 1_000),
  encode: (value) => Math.floor(value.getTime() / 1_000),
});
const bytes = z.codec(z.base64(), z.instanceof(Uint8Array), {
  decode: (text) => new Uint8Array(Buffer.from(text, 'base64')),
  encode: (value) => Buffer.from(value).toString('base64'),
});
const amount = z.codec(z.string(), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
});
const labels = z.codec(z.record(z.string(), z.string()), z.map(z.string(), z.string()), {
  decode: (record) => new Map(Object.entries(record)),
  encode: (map) => Object.fromEntries(map),
});

const NOON = new Date('2026-01-02T12:00:00.000Z');

async function stored(schema: z.ZodType, value: unknown) {
  const encoded = await encodeJson(schema, value);
  return encoded.ok ? { json: encoded.json, value: encoded.value } : encoded.problems;
}

describe('data whose schema has a codec', () => {
  it.each([
    ['a date', date, NOON, '2026-01-02T12:00:00.000Z'],
    ['a date as a number', seconds, NOON, 1_767_355_200],
    ['bytes', bytes, new Uint8Array([1, 2]), 'AQI='],
    ['a bigint', amount, 12n, '12'],
    ['a map, which JSON would make an empty object', labels, new Map([['a', 'b']]), { a: 'b' }],
  ])(
    '%s is stored in its JSON form, and taken in both forms',
    async (_what, codec, typed, json) => {
      const schema = z.object({ field: codec });
      const expected = { json: { field: json }, value: { field: typed } };
      expect(await stored(schema, { field: typed })).toEqual(expected);
      expect(await stored(schema, { field: json })).toEqual(expected);
    },
  );

  it.each([
    [
      'beside a default and a transform',
      z.object({ at: date, n: z.int().default(3), s: z.string().transform(Number) }),
    ],
    ['beside a date that is coerced', z.object({ at: date, s: z.coerce.date() })],
  ])('is encoded %s', async (_where, schema) => {
    const result = await stored(schema, { at: NOON, s: '2' });
    expect(result).toMatchObject({ json: { at: NOON.toISOString(), s: '2' } });
  });

  it.each<[string, z.ZodType, unknown, unknown]>([
    ['a list', z.array(seconds), [NOON, 5], [1_767_355_200, 5]],
    [
      'an object in an object',
      z.object({ a: z.object({ b: seconds }) }),
      { a: { b: NOON } },
      { a: { b: 1_767_355_200 } },
    ],
    [
      'what may be missing',
      z.object({ a: seconds.optional(), b: seconds.nullable() }),
      { b: null },
      { b: null },
    ],
    ['what is optional', z.object({ a: seconds.optional() }), { a: NOON }, { a: 1_767_355_200 }],
    ['a default', z.object({ a: seconds.default(NOON) }), { a: NOON }, { a: 1_767_355_200 }],
    ['a union', z.union([seconds, z.literal('never')]), NOON, 1_767_355_200],
    ['a tuple', z.tuple([z.string(), seconds]), ['a', NOON], ['a', 1_767_355_200]],
    ['a record', z.record(z.string(), seconds), { a: NOON }, { a: 1_767_355_200 }],
    [
      'what is defined later',
      z.object({ a: z.lazy(() => seconds) }),
      { a: NOON },
      { a: 1_767_355_200 },
    ],
  ])('is encoded in %s', async (_where, schema, value, json) => {
    expect(await stored(schema, value)).toMatchObject({ json });
  });

  it('that could be both forms is the JSON form', async () => {
    const shouted = z.codec(z.string(), z.string(), {
      decode: (text) => text.toUpperCase(),
      encode: (text) => text.toLowerCase(),
    });
    expect(await stored(shouted, 'abc')).toEqual({ json: 'abc', value: 'ABC' });
  });

  it('in a schema that contains itself is encoded at every depth', async () => {
    const node = z.object({
      at: seconds,
      get children() {
        return z.array(node).optional();
      },
    });
    expect(await stored(node, { at: NOON, children: [{ at: NOON }] })).toMatchObject({
      json: { at: 1_767_355_200, children: [{ at: 1_767_355_200 }] },
    });
  });

  it.each([
    ['a wrong type', { items: [{ at: 'tomorrow' }] }],
    ['an invalid date', { items: [{ at: new Date(Number.NaN) }] }],
    ['a value without JSON', { items: [{ at: 5n }] }],
  ])('is refused with the field for %s', async (_what, value) => {
    const schema = z.object({ items: z.array(z.object({ at: date })) });
    expect(await stored(schema, value)).toEqual([
      { field: 'items[0].at', problem: expect.stringContaining('Invalid') as string },
    ]);
  });
});

describe('a result whose schema has a codec', () => {
  it('is stored in its JSON form, without keys that the contract does not have', async () => {
    const schema = z.object({ at: date });
    const returned = { at: NOON, password: 'secret' };
    expect(await encodeResult(schema, returned)).toEqual({
      ok: true,
      value: { at: NOON.toISOString() },
    });
  });

  it('may not have a transform beside it, which has no way back', () => {
    const result = z.object({ at: date, n: z.string().transform(Number) });
    expect(() => defineJob({ name: 'report', data: z.object({}), result })).toThrow(
      ResultCodecError,
    );
  });
});
