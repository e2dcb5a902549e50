import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import * as z from 'zod';
import type { JobContext } from '../attempt/job-context';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { defineJob } from '../contract/define-job';
import { JobDataError } from '../contract/job-data.error';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { type QueueHarness, startProcessor } from '../testing';

const noteJob = defineJob({
  name: 'note',
  data: z.object({
    text: z.string(),
    tags: z.array(z.string()).default([]),
    at: z.coerce.date().optional(),
    more: z.json().optional(),
  }),
  result: z.object({ received: z.unknown() }),
  options: { attempts: 1 },
});

const UNSTORABLE = 'a\0b\ud800';

/** Returns its input, unless told otherwise. */
@JobProcessor(noteJob, { concurrency: 5 })
class NoteProcessor extends JobHost<typeof noteJob> {
  async handle({ data, log }: JobContext<typeof noteJob>) {
    if (data.text === 'throw') {
      await log(UNSTORABLE);
      throw new Error(UNSTORABLE);
    }
    return { received: data.text === 'return' ? { of: [UNSTORABLE] } : data };
  }
}

/** Any string, including NUL, unpaired surrogates, and strings that only look like them. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom('\0', '\ud800', '\udc00', 'a', '\\u0000'), { maxLength: 4 })
      .map((parts) => parts.join('')),
  },
);

const data = fc.record(
  {
    text: fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue() }),
    tags: fc.array(text, { maxLength: 3 }),
    at: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    more: fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: ['text'] },
);

describeOnEachStore('data of any kind', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof noteJob>;

  beforeAll(async () => {
    jest.spyOn(Logger.prototype, 'error').mockImplementation();
    store = await createTestStore(kind);
    harness = await startProcessor(NoteProcessor, { url: store.url });
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  it('comes to the processor as the contract has it, or is refused before it is stored', async () => {
    let ran = 0;
    await fc.assert(
      fc.asyncProperty(data, async (input) => {
        const json = JSON.stringify(input);
        const expected = noteJob.data.safeParse(JSON.parse(json));
        try {
          const { state, result } = await harness.run(input as never);
          expect({ state, result }).toEqual({
            state: 'completed',
            result: { received: JSON.parse(JSON.stringify(expected.data)) as unknown },
          });
          ran += 1;
        } catch (error) {
          if (!(error instanceof JobDataError)) throw error;
          expect(error.jobId).toBeUndefined();
          // JSON escapes NUL and unpaired surrogates. Behind a backslash it is no escape.
          if (expected.success) expect(json).toMatch(/(?<!\\)(\\\\)*\\u(0000|d[89a-f])/);
        }
      }),
      { numRuns: 60 },
    );
    // Both outcomes occurred.
    expect(ran).toBeGreaterThan(20);
    expect(ran).toBeLessThan(60);
  });

  it('may come back in an error, a log line or a result, and ends the job all the same', async () => {
    expect(await harness.run({ text: 'throw' })).toMatchObject({
      state: 'failed',
      failure: 'a\ufffdb\ufffd',
    });
    expect(await harness.run({ text: 'return' })).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('received.of[0]: it holds a character') as string,
    });
  });
});
