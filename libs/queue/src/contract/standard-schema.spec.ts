import { type } from 'arktype';
import * as v from 'valibot';
import * as zod3 from 'zod/v3';
import * as mini from 'zod/mini';
import { defineJob } from './define-job';
import { encodeJson, encodeResult } from './encode-json';
import { parse } from './parse-json';
import type { StandardSchema } from './standard-schema';

/** The same data, as each library describes it. `at` arrives as text, and the handler gets a date. */
const LIBRARIES: Record<string, StandardSchema> = {
  valibot: v.object({
    to: v.pipe(v.string(), v.email('no address')),
    at: v.pipe(
      v.string(),
      v.transform((text) => new Date(text)),
    ),
    retries: v.optional(v.number(), 3),
    items: v.optional(v.array(v.object({ price: v.number() })), []),
  }),
  'valibot, checked by a promise': v.objectAsync({
    to: v.pipeAsync(
      v.string(),
      v.checkAsync((text) => Promise.resolve(text.includes('@')), 'no address'),
    ),
    at: v.pipe(
      v.string(),
      v.transform((text) => new Date(text)),
    ),
    retries: v.optional(v.number(), 3),
    items: v.optional(v.array(v.object({ price: v.number() })), []),
  }),
  arktype: type({
    to: type('string.email').describe('an address'),
    at: type('string').pipe((text) => new Date(text)),
    retries: 'number = 3',
    items: type({ price: 'number' })
      .array()
      .default(() => []),
  }),
  'zod 3': zod3.object({
    to: zod3.string().email('no address'),
    at: zod3.string().transform((text) => new Date(text)),
    retries: zod3.number().default(3),
    items: zod3.array(zod3.object({ price: zod3.number() })).default([]),
  }),
  'zod mini': mini.object({
    to: mini.email('no address'),
    at: mini.pipe(
      mini.string(),
      mini.transform((text) => new Date(text)),
    ),
    retries: mini._default(mini.number(), 3),
    items: mini._default(mini.array(mini.object({ price: mini.number() })), []),
  }),
};

describe.each(Object.entries(LIBRARIES))('a contract of %s', (_library, schema) => {
  const job = defineJob({ name: 'mail', data: schema, result: schema });
  const data = { to: 'ada@example.org', at: '2027-01-01T00:00:00Z', items: [{ price: 1 }] };

  it('stores the data as it was sent, and gives the handler what the schema returns', async () => {
    expect(await encodeJson(job.data, data)).toEqual({
      ok: true,
      json: data,
      value: { ...data, at: new Date(data.at), retries: 3 },
    });
  });

  it('names each field that is wrong', async () => {
    const wrong = { ...data, to: 'nowhere', items: [{ price: 1 }, { price: 'two' }] };
    const parsed = await parse(job.data, wrong);
    if (parsed.ok) throw new Error('The data was accepted.');
    expect(parsed.problems.map(({ field }) => field)).toEqual(['to', 'items[1].price']);
    expect(parsed.problems[0]?.problem).toContain('address');
  });

  it('refuses what JSON would change into something else', async () => {
    const encoded = await encodeJson(job.data, { ...data, items: [{ price: Number.NaN }] });
    expect(encoded).toMatchObject({ ok: false, problems: [{ field: 'items[0].price' }] });
  });

  it('checks the result, and stores what the schema returns of it', async () => {
    expect(await encodeResult(job.result, data)).toMatchObject({ ok: true, value: { retries: 3 } });
    expect(await encodeResult(job.result, { ...data, to: 7 })).toMatchObject({ ok: false });
  });
});
