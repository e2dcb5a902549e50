import { type } from 'arktype';
import * as v from 'valibot';
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

const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (value) => value.toISOString(),
});

const reminderJob = defineJob({
  name: 'reminder',
  data: z.object({ at: date }),
  result: z.object({ next: date, year: z.number() }),
});

@JobProcessor(reminderJob)
class ReminderProcessor extends JobHost<typeof reminderJob> {
  handle({ data: { at } }: JobContext<typeof reminderJob>) {
    return { next: new Date(at.getTime() + 60_000), year: at.getUTCFullYear() };
  }
}

const visitJob = defineJob({
  name: 'visit',
  data: v.object({ at: v.pipe(v.string(), v.isoTimestamp(), v.toDate()) }),
  result: type({ year: 'number' }),
});

@JobProcessor(visitJob)
class VisitProcessor extends JobHost<typeof visitJob> {
  handle({ data: { at } }: JobContext<typeof visitJob>) {
    return { year: at.getUTCFullYear() };
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

  it('gets a date as a date, and returns one; both are stored as JSON', async () => {
    const reminders = await startProcessor(ReminderProcessor, { url: store.url });
    try {
      const at = new Date('2026-01-02T12:00:00.000Z');
      expect(await reminders.run({ at })).toMatchObject({
        state: 'completed',
        result: { next: '2026-01-02T12:01:00.000Z', year: 2026 },
      });
    } finally {
      await reminders.close();
    }
  });

  it('runs a job whose contract is of other libraries than zod', async () => {
    const visits = await startProcessor(VisitProcessor, { url: store.url });
    try {
      await expect(visits.producer.add({ at: 'tomorrow' })).rejects.toThrow(/at: /);
      expect(await visits.run({ at: '2026-01-02T12:00:00.000Z' })).toMatchObject({
        state: 'completed',
        result: { year: 2026 },
      });
    } finally {
      await visits.close();
    }
  });
});
