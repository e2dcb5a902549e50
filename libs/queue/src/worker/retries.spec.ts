import * as z from 'zod';
import { until } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { failedAttempts } from '../attempt/failed-attempts';
import { Queues } from '../queues/queues';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { startProcessor, type QueueHarness } from '../testing';
import { NonRetryableError } from '../errors/non-retryable.error';
import { RetryAfterError } from '../attempt/retry-after.error';
import type { JobContext } from '../attempt/job-context';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';

const errandJob = defineJob({
  name: 'errand',
  data: z.object({ fail: z.string() }),
  options: { attempts: 3, backoff: { type: 'exponential', delay: 20, jitter: 0.5 } },
});

const failures: Record<string, (attempt: number) => unknown> = {
  'for good': () => new NonRetryableError('gone', { cause: 'a 410' }),
  'for an hour': () => new RetryAfterError(3_600_000, 'not now'),
  'until a date': () => new RetryAfterError(new Date(Date.now() + 3_600_000), 'not today'),
  'until now': () => new RetryAfterError(0, 'again'),
  'without a time': () => new RetryAfterError(undefined, 'whenever'),
  once: (attempt) => (attempt === 1 ? new Error('a hiccup') : undefined),
  always: (attempt) => new Error(`broken ${attempt}`),
  oddly: () => 'just a text',
  'with an object': () => ({ status: 503, body: { retry: false } }),
};

@JobProcessor(errandJob, { concurrency: 4 })
class ErrandProcessor extends JobHost<typeof errandJob> {
  handle({ data, attempt }: JobContext<typeof errandJob>) {
    const thrown = failures[data.fail]?.(attempt);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- some people throw texts
    if (thrown !== undefined) throw thrown;
  }
}

describeOnEachStore('a job that fails', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof errandJob>;

  beforeAll(async () => {
    store = await createTestStore(kind);
    harness = await startProcessor(ErrandProcessor, { url: store.url });
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  const stored = async (id: string) => {
    const job = await harness.app.get(Queues).open(errandJob).getJob(id);
    if (job === undefined) throw new Error(`There is no job ${id}.`);
    return job;
  };

  it('gives up at once when trying again cannot help', async () => {
    expect(await harness.run({ fail: 'for good' })).toMatchObject({
      state: 'failed',
      attempts: { made: 1, max: 3 },
      failure: 'gone',
    });
  });

  it.each(['for an hour', 'until a date'])('waits %s when it is told to', async (fail) => {
    const { id } = await harness.producer.add({ fail });
    await until(async () => (await harness.jobs.get('errand', id))?.state === 'delayed');
    const job = await stored(id);
    expect(job.delay).toBeGreaterThan(3_590_000);
    expect(job.delay).toBeLessThanOrEqual(3_600_000);
    // It counts, its message is kept, and the contract's backoff applies to the next failure.
    expect(job).toMatchObject({ attemptsMade: 1, opts: { backoff: { type: 'exponential' } } });
    expect(job.failedReason).toMatch(/^not (now|today)$/);
  });

  it('is tried again at once when it is told so, as often as it has attempts', async () => {
    expect(await harness.run({ fail: 'until now' })).toMatchObject({
      state: 'failed',
      attempts: { made: 3, max: 3 },
      failure: 'again',
    });
  });

  it.each(['without a time', 'always'])(
    'keeps to the backoff of its contract: %s',
    async (fail) => {
      const { id, state } = await harness.run({ fail });
      expect(state).toBe('failed');
      const [first, second, third] = failedAttempts(await stored(id)).map(({ at }) => Number(at));
      // A worker's timer may fire early by the fraction of a millisecond that it truncates.
      expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(10 - 1);
      expect(Number(third) - Number(second)).toBeGreaterThanOrEqual(20 - 1);
    },
  );

  it('is tried again after its delay if its backoff is one of another program', async () => {
    const errors: string[] = [];
    const { worker } = harness.app.get(ErrandProcessor, { strict: false });
    worker.on('error', ({ message }) => errors.push(message));
    const backoff = { type: 'fibonacci', delay: 20 };
    const queue = harness.app.get(Queues).open(errandJob);
    const { id = '' } = await queue.add('errand', { fail: 'always' }, { attempts: 2, backoff });
    await until(async () => (await harness.jobs.get('errand', id))?.state === 'failed');
    const [first, second] = failedAttempts(await stored(id)).map(({ at }) => Number(at));
    expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(20 - 1);
    expect(errors).toEqual([expect.stringContaining('has the backoff "fibonacci"')]);
  });

  it('keeps the error, the stack and the time of every attempt', async () => {
    const before = Date.now();
    const { id } = await harness.run({ fail: 'always' });
    const history = failedAttempts(await stored(id));
    expect(history.map(({ attempt, error }) => [attempt, error])).toEqual([
      [1, 'Error: broken 1'],
      [2, 'Error: broken 2'],
      [3, 'Error: broken 3'],
    ]);
    for (const { at, stack } of history) {
      expect(Number(at)).toBeGreaterThanOrEqual(before);
      expect(Number(at)).toBeLessThanOrEqual(Date.now());
      expect(stack).toMatch(/^Error: broken \d\n\s+at .*retries\.spec\.ts/s);
    }
  });

  it('keeps what it failed with before it was completed', async () => {
    const { id, state } = await harness.run({ fail: 'once' });
    expect(state).toBe('completed');
    expect(failedAttempts(await stored(id))).toMatchObject([
      { attempt: 1, error: 'Error: a hiccup' },
    ]);
  });

  it.each([
    ['oddly', 'just a text'],
    ['with an object', '{ status: 503, body: { retry: false } }'],
  ])('says why, even if what was thrown is no error: %s', async (fail, reason) => {
    const { failure, id } = await harness.run({ fail }, { attempts: 1 });
    expect(failure).toBe(reason);
    expect(failedAttempts(await stored(id))).toMatchObject([{ error: `Error: ${reason}` }]);
  });

  it('keeps as many attempts as it is told', async () => {
    const { id } = await harness.run({ fail: 'always' }, { stackTraceLimit: 1 });
    expect(failedAttempts(await stored(id))).toMatchObject([
      { attempt: 3, error: 'Error: broken 3' },
    ]);
    const none = await harness.run({ fail: 'always' }, { stackTraceLimit: 0 });
    expect(failedAttempts(await stored(none.id))).toEqual([]);
  });
});

describe('the time to try again', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Wed, 21 Oct 2099 07:28:00 GMT', new Date('2099-10-21T07:28:00Z')],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('is read from an HTTP header: %j', (header, expected) => {
    expect(RetryAfterError.fromHeader(header)).toEqual(expected);
  });

  it.each([
    [1_500, 1_500],
    [-1, 0],
    [new Date(0), 0],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [new Date('never'), undefined],
    [undefined, undefined],
  ])('is a delay, at once, or that of the contract: %s', (retryAfter, delay) => {
    expect(new RetryAfterError(retryAfter).delay).toBe(delay);
  });
});
