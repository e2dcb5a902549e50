import fc from 'fast-check';
import * as z from 'zod';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { defineJob } from '../contract/define-job';
import { JobDataError } from '../contract/job-data.error';
import { runHandler } from '../testing';

const orderJob = defineJob({
  name: 'order',
  data: z.object({
    customer: z.string().min(1),
    items: z.array(z.object({ sku: z.string(), count: z.number().int().positive() })),
    at: z.coerce.date().optional(),
    note: z.string().default('none'),
  }),
  result: z.object({ received: z.unknown() }),
});

/** Returns its input. */
@JobProcessor(orderJob)
class OrderProcessor extends JobHost<typeof orderJob> {
  handle({ data }: JobContext<typeof orderJob>) {
    return { received: data };
  }
}

/** Fields known to the contract, with unexpected values. */
const nearlyValid = fc.record(
  {
    customer: fc.oneof(fc.string(), fc.jsonValue()),
    items: fc.oneof(
      fc.array(fc.record({ sku: fc.string(), count: fc.oneof(fc.nat(), fc.double()) })),
      fc.jsonValue(),
    ),
    at: fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.jsonValue(),
    ),
    note: fc.oneof(fc.string(), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

const valid = fc.record({
  customer: fc.string({ minLength: 1 }),
  items: fc.array(fc.record({ sku: fc.string(), count: fc.integer({ min: 1 }) })),
});

/** Any data of a job stored by hand, or under another version of the contract. */
const stored = fc.oneof(fc.jsonValue(), nearlyValid, valid);

test('whatever is stored is either given to the processor as the contract has it, or refused by field', async () => {
  let handled = 0;
  await fc.assert(
    fc.asyncProperty(stored, async (data) => {
      const expected = orderJob.data.safeParse(JSON.parse(JSON.stringify(data)));
      try {
        const { result } = await runHandler(new OrderProcessor(), data as never);
        expect(result.received).toEqual(expected.data);
        handled += 1;
      } catch (error) {
        if (!(error instanceof JobDataError)) throw error;
        expect(error.problems).toHaveLength(expected.error?.issues.length ?? -1);
        for (const { field } of error.problems) expect(error.message).toContain(field);
      }
    }),
    { numRuns: 1_000 },
  );
  // Both outcomes occurred.
  expect(handled).toBeGreaterThan(100);
});
