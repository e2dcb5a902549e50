import { Logger } from '@nestjs/common';
import * as z from 'zod';
import { until } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { createTestStore, type TestStore } from '../store/testing/each-store';
import { startProcessor, type QueueHarness } from '../testing';
import { AttemptAbort } from './attempt-abort';
import type { JobContext } from './job-context';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';

describe('the abort of an attempt', () => {
  it('reaches who asked for the signal before, and who asks after it', () => {
    const [before, after] = [new AttemptAbort(), new AttemptAbort()];
    const { signal } = before;
    expect(signal.aborted).toBe(false);
    before.abort('enough');
    after.abort('enough');
    expect(signal.reason).toBe('enough');
    expect(after.signal.reason).toBe('enough');
    expect(before.signal).toBe(signal);
  });

  it('keeps its first reason', () => {
    const abort = new AttemptAbort();
    abort.abort('the first');
    abort.abort('the second');
    expect(abort.reason).toBe('the first');
    expect(abort.signal.reason).toBe('the first');
  });

  it('without a reason is an AbortError, as everywhere in Node', () => {
    const abort = new AttemptAbort();
    abort.abort(undefined);
    expect(abort.isAborted).toBe(true);
    expect(abort.signal.reason).toMatchObject({ name: 'AbortError' });
  });
});

const walkJob = defineJob({ name: 'walk', data: z.object({}), options: { attempts: 1 } });

@JobProcessor(walkJob, { concurrency: 2 })
class WalkProcessor extends JobHost<typeof walkJob> {
  begun = 0;

  async handle(context: JobContext<typeof walkJob>) {
    this.begun += 1;
    await new Promise((_, reject) => {
      const { signal } = context;
      signal.addEventListener('abort', () => {
        reject(new Error(`told to stop: ${String(signal.reason)}`));
      });
    });
  }
}

describe("BullMQ's way to cancel a job that runs", () => {
  let store: TestStore;
  let harness: QueueHarness<typeof walkJob>;
  let processor: WalkProcessor;

  beforeAll(async () => {
    for (const level of ['log', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    store = await createTestStore('postgres');
    harness = await startProcessor(WalkProcessor, { url: store.url });
    processor = harness.app.get(WalkProcessor, { strict: false });
  });

  beforeEach(() => {
    processor.begun = 0;
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  it('aborts the signal of that job, with the reason', async () => {
    const { id } = await harness.producer.add({});
    await until(() => processor.begun === 1);
    expect(processor.worker.cancelJob(id, 'rain')).toBe(true);
    await until(async () => (await harness.jobs.get('walk', id))?.state === 'failed');
    expect(await harness.jobs.get('walk', id)).toMatchObject({ failure: 'told to stop: rain' });
  });

  it('says that a job does not run here', () => {
    expect(processor.worker.cancelJob('nobody', 'rain')).toBe(false);
  });

  it('aborts all of them at once', async () => {
    const jobs = [await harness.producer.add({}), await harness.producer.add({})];
    await until(() => processor.begun === 2);
    processor.worker.cancelAllJobs('thunder');
    for (const { id } of jobs) {
      await until(async () => (await harness.jobs.get('walk', id))?.state === 'failed');
      expect(await harness.jobs.get('walk', id)).toMatchObject({
        failure: 'told to stop: thunder',
      });
    }
  });
});
