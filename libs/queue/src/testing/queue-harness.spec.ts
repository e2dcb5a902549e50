import { z } from 'zod';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { defineJob } from '../contract/define-job';
import { startProcessor, type QueueHarness } from '../testing';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';

const greetingJob = defineJob({
  name: 'greeting',
  data: z.object({ name: z.string().min(1) }),
  result: z.object({ text: z.string() }),
});

@JobProcessor(greetingJob)
class GreetingProcessor extends JobHost<typeof greetingJob> {
  async handle({ data, log, progress }: JobContext<typeof greetingJob>) {
    await log(`greeting ${data.name}`);
    await progress(50);
    return { text: `Hello, ${data.name}` };
  }
}

describeOnEachStore('a processor on a real store', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof greetingJob>;

  beforeAll(async () => {
    store = await createTestStore(kind);
    harness = await startProcessor(GreetingProcessor, { url: store.url });
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  it('runs a job and gives back what became of it', async () => {
    expect(await harness.run({ name: 'Ada' })).toMatchObject({
      queue: 'greeting',
      state: 'completed',
      result: { text: 'Hello, Ada' },
      progress: 50,
      attempts: { made: 1, max: 3 },
      failure: undefined,
    });
  });
});
