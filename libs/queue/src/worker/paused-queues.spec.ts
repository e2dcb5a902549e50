import { Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { z } from 'zod';
import { defineJob } from '../contract/define-job';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { startProcessor, type QueueHarness } from '../testing';
import { PausedQueues } from './paused-queues';

const letterJob = defineJob({ name: 'letter', data: z.object({}) });

@JobProcessor(letterJob)
class LetterProcessor extends JobHost<typeof letterJob> {
  handle(): void {
    // What it does is of no interest.
  }
}

describeOnEachStore('a worker whose queue is paused', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof letterJob>;

  beforeAll(async () => {
    store = await createTestStore(kind);
    harness = await startProcessor(LetterProcessor, { url: store.url });
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  it('says so once, and once more when it is resumed', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const log = jest.spyOn(Logger.prototype, 'log').mockReturnValue();
    const paused = harness.app.get(PausedQueues, { strict: false });
    const lines = ({ mock }: jest.SpyInstance<void, unknown[]>) =>
      mock.calls.filter(([line]) => String(line).includes('"letter"'));
    const look = () => paused.look([letterJob]);
    const queue = harness.app.get<Queue>('BullQueue_letter', { strict: false });

    await look();
    expect(lines(warn)).toEqual([]);
    await queue.pause();
    await look();
    await look();
    expect(lines(warn)).toEqual([
      ['The queue "letter" is paused: no worker starts its jobs until it is resumed.'],
    ]);
    await queue.resume();
    await look();
    await look();
    expect(lines(log)).toEqual([['The queue "letter" is not paused any more.']]);
  });
});
