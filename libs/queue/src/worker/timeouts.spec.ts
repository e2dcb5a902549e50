import { getEventListeners, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import * as z from 'zod';
import { until } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { runHandler, startProcessor, type QueueHarness } from '../testing';
import { AttemptAbort } from '../attempt/attempt-abort';
import { JobAbortedError } from '../attempt/job-aborted.error';
import { JobTimeoutError } from '../attempt/job-timeout.error';
import { NonRetryableError } from '../errors/non-retryable.error';
import { RetryAfterError } from '../attempt/retry-after.error';
import type { JobContext } from '../attempt/job-context';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';

const TIMEOUT = 60;

const dishJob = defineJob({
  name: 'dish',
  data: z.object({ burn: z.string().default('never'), attempts: z.number().default(9) }),
  result: z.object({ served: z.string() }),
  options: { attempts: 2, backoff: 1 },
  timeout: TIMEOUT,
});

/** How a handler reacts to its timeout. */
const reactions: Record<string, () => unknown> = {
  'with an error of its own': () => new Error('the pan is gone'),
  'for good': () => new NonRetryableError('there is no more butter'),
  'until later': () => new RetryAfterError(1, 'the oven is in use'),
  'and is served': () => undefined,
};

@JobProcessor(dishJob)
class DishProcessor extends JobHost<typeof dishJob> {
  protected override readonly timeoutGrace: number = 60_000;
  readonly signals: AbortSignal[] = [];

  async handle({ data, attempt, signal }: JobContext<typeof dishJob>) {
    this.signals.push(signal);
    if (data.burn === 'never' || attempt > data.attempts) return { served: 'at once' };
    await aborted(signal);
    const thrown = reactions[data.burn]?.();
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- undefined is not thrown
    if (thrown !== undefined) throw thrown;
    return { served: 'late' };
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

const deafJob = defineJob({ name: 'unresponsive', data: z.object({}), timeout: TIMEOUT });

/** Ignores the signal. */
@JobProcessor(deafJob)
class DeafProcessor extends JobHost<typeof deafJob> {
  protected override readonly timeoutGrace = 20;
  readonly waiting: { release: () => void; fail: (error: Error) => void }[] = [];

  handle() {
    return new Promise<void>((release, fail) => {
      this.waiting.push({ release, fail });
    });
  }
}

beforeEach(() => {
  for (const level of ['log', 'warn', 'error'] as const) {
    jest.spyOn(Logger.prototype, level).mockImplementation();
  }
});

describeOnEachStore('a job whose contract has a timeout', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof dishJob>;
  let processor: DishProcessor;

  beforeAll(async () => {
    store = await createTestStore(kind);
    harness = await startProcessor(DishProcessor, { url: store.url });
    processor = harness.app.get(DishProcessor, { strict: false });
  });

  beforeEach(() => {
    processor.signals.length = 0;
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  it('gets its abort signal at the timeout, and is tried again like one that failed', async () => {
    const job = await harness.run({ burn: 'with an error of its own', attempts: 1 });
    expect(job).toMatchObject({
      state: 'completed',
      attempts: { made: 2, max: 2 },
      result: { served: 'at once' },
    });
    expect(processor.signals[0]?.reason).toMatchObject({
      name: 'JobTimeoutError',
      message: `Job dish ${job.id} did not end within ${TIMEOUT} ms.`,
    });
    expect(processor.signals[1]?.aborted).toBe(false);
  });

  it('has failed with the timeout, whatever it throws at its signal, when no attempt is left', async () => {
    const job = await harness.run({ burn: 'with an error of its own' });
    expect(job).toMatchObject({
      state: 'failed',
      attempts: { made: 2, max: 2 },
      failure: `Job dish ${job.id} did not end within ${TIMEOUT} ms.`,
    });
  });

  it('fails at once if it decides so after its signal', async () => {
    expect(await harness.run({ burn: 'for good' })).toMatchObject({
      state: 'failed',
      attempts: { made: 1, max: 2 },
      failure: 'there is no more butter',
    });
    expect(await harness.run({ burn: 'until later' })).toMatchObject({
      attempts: { made: 2, max: 2 },
      failure: 'the oven is in use',
    });
  });

  it('is completed if its work is done shortly after its signal, because it would be done twice otherwise', async () => {
    expect(await harness.run({ burn: 'and is served' })).toMatchObject({
      state: 'completed',
      attempts: { made: 1 },
      result: { served: 'late' },
    });
  });
});

describeOnEachStore('a job that does not listen to its timeout', (kind) => {
  it('fails all the same, and is told how to end it; what it does afterwards does not count', async () => {
    const store = await createTestStore(kind);
    const harness = await startProcessor(DeafProcessor, { url: store.url });
    const { waiting } = harness.app.get(DeafProcessor, { strict: false });

    const { id, state, failure } = await harness.run({}, { attempts: 2, backoff: 1 });
    expect(state).toBe('failed');
    expect(failure).toContain(`Job unresponsive ${id} did not end within ${TIMEOUT} ms. `);
    expect(failure).toContain('its handler is still running');
    expect(failure).toContain("`isolation: 'process'`");

    expect(waiting).toHaveLength(2);
    waiting[0]?.release();
    waiting[1]?.fail(new Error('too late'));
    await harness.close();
    const again = await startProcessor(DeafProcessor, { url: store.url });
    expect(await again.jobs.get('unresponsive', id)).toMatchObject({ state: 'failed', failure });
    await again.close();
    await store.drop();
  });
});

describe('a timeout and a worker that stops', () => {
  const patientJob = defineJob({ name: 'patient', data: z.object({}), timeout: 3_600_000 });

  @JobProcessor(patientJob)
  class PatientProcessor extends JobHost<typeof patientJob> {
    async handle({ signal }: JobContext<typeof patientJob>) {
      await aborted(signal);
      signal.throwIfAborted();
    }
  }

  it('share a signal, whose reason says which of them it was', async () => {
    const stop = new AbortController();
    const running = runHandler(new PatientProcessor(), {}, { signal: stop.signal });
    await until(() => getEventListeners(stop.signal, 'abort').length > 0);
    stop.abort(new JobAbortedError(100));
    await expect(running).rejects.toBeInstanceOf(JobAbortedError);
  });

  it('are not mixed up: a timeout that passes while the worker stops means nothing', async () => {
    const stop = new AbortController();
    class Slow extends DishProcessor {
      protected override readonly timeoutGrace = 1;

      override async handle({ signal }: JobContext<typeof dishJob>): Promise<never> {
        stop.abort(new JobAbortedError(100));
        // The time limit passes here; no condition shows it.
        await sleep(3 * TIMEOUT);
        expect(signal.reason).toBeInstanceOf(JobAbortedError);
        throw new Error('interrupted');
      }
    }
    JobProcessor(dishJob)(Slow);
    await expect(runHandler(new Slow(), {}, { signal: stop.signal })).rejects.toThrow(
      'interrupted',
    );
  });

  it('are not mixed up: a job that timed out first has failed, and is not put back', async () => {
    const stop = new AttemptAbort();
    class Slow extends DishProcessor {
      override async handle({ signal }: JobContext<typeof dishJob>): Promise<never> {
        await aborted(signal);
        stop.abort(new JobAbortedError(100));
        throw new Error('interrupted');
      }
    }
    JobProcessor(dishJob)(Slow);
    // With a token, as in a worker; a requeued attempt ends with BullMQ's WaitingError.
    const job = { id: '1', name: 'dish', data: {}, attemptsMade: 0, opts: {} } as unknown as Job;
    const running = new Slow().processUntil(stop, job, 'token');
    await expect(running).rejects.toBeInstanceOf(JobTimeoutError);
  });

  it('leave nothing behind: no listener on the signal of the worker', async () => {
    const stop = new AbortController();
    await runHandler(new DishProcessor(), {}, { signal: stop.signal });
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('end a job at once that begins while the worker stops', async () => {
    const signal = AbortSignal.abort(new JobAbortedError(100));
    const running = runHandler(new PatientProcessor(), {}, { signal });
    await expect(running).rejects.toBeInstanceOf(JobAbortedError);
  });
});
