import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { defineJob } from '../contract/define-job';
import { startProcessor, type QueueHarness } from '../testing';

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

describe('a processor on a real store', () => {
  let database: TestDatabase;
  let harness: QueueHarness<typeof greetingJob>;

  beforeAll(async () => {
    database = await createTestDatabase();
    harness = await startProcessor(GreetingProcessor, { url: database.url });
  });

  afterAll(async () => {
    await harness.close();
    await database.drop();
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
