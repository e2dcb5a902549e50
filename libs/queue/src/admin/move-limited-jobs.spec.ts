import * as z from 'zod';
import { until } from '@libs/testing';
import type { JobContext } from '../attempt/job-context';
import { defineJob } from '../contract/define-job';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { Queues } from '../queues/queues';
import { QueueStore } from '../store/queue-store';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { startProcessor } from '../testing';
import { Bell } from '../timing/bell';
import { moveJobs } from './move-jobs';

const definition = {
  data: z.object({ tenant: z.string(), holds: z.number().default(0) }),
  limit: { by: ({ tenant }: { tenant: string }) => tenant, concurrency: 1 },
} as const;
const draftJob = defineJob({ name: 'draft', ...definition });
const noteJob = defineJob({ name: 'note', ...definition });

/** A job goes on when this is as much as it holds. */
let opened = 0;
const bell = new Bell();
const begun: string[] = [];
const running = new Map<string, number>();
let most = 0;

function open(to: number): void {
  opened = to;
  bell.ring();
}

async function run({ data: { tenant, holds }, job }: JobContext<typeof draftJob>): Promise<void> {
  begun.push(`${job.queueName} ${tenant}`);
  const now = (running.get(tenant) ?? 0) + 1;
  running.set(tenant, now);
  most = Math.max(most, now);
  while (holds > opened) await bell.after(bell.rings, 60_000);
  running.set(tenant, (running.get(tenant) ?? 0) - 1);
}

@JobProcessor(draftJob, { concurrency: 1 })
class DraftProcessor extends JobHost<typeof draftJob> {
  handle(context: JobContext<typeof draftJob>) {
    return run(context);
  }
}

@JobProcessor(noteJob, { concurrency: 5 })
class NoteProcessor extends JobHost<typeof noteJob> {
  handle(context: JobContext<typeof noteJob>) {
    return run(context);
  }
}

describeOnEachStore('moving jobs that were released for their key', (kind) => {
  let store: TestStore;

  beforeEach(async () => {
    store = await createTestStore(kind);
    open(0);
    begun.length = 0;
    running.clear();
    most = 0;
  });
  afterEach(() => store.drop());

  it('lets none run beside one of the same key in the other queue', async () => {
    const drafts = await startProcessor(DraftProcessor, { url: store.url });
    const { worker } = drafts.app.get(DraftProcessor, { strict: false });
    const queue = drafts.app.get(Queues, { strict: false }).open(draftJob);
    await drafts.producer.add({ tenant: 'first', holds: 1 });
    await until(() => begun.length === 1);
    // When that one ends, each of these is released, and the worker fetches one of them.
    const tenants = ['a', 'b', 'c'];
    for (const tenant of tenants) await drafts.producer.add({ tenant, holds: 2 });
    open(1);
    await until(() => begun.length === 2);
    expect(await queue.getJobCountByTypes('waiting')).toBe(2);
    await worker.pause(true);
    open(2);
    await drafts.close();

    const notes = await startProcessor(NoteProcessor, { url: store.url });
    for (const tenant of tenants) await notes.producer.add({ tenant, holds: 3 });
    await until(() => begun.length === 5);
    const moved = await moveJobs(notes.app.get(QueueStore, { strict: false }), {
      from: 'draft',
      to: 'note',
    });
    expect(moved.moved).toEqual({ waiting: 2, delayed: 0, failed: 0 });
    // Has been fetched after what was moved.
    await notes.run({ tenant: 'last' });
    expect(most).toBe(1);
    open(3);
    await until(() => begun.length === 8);
    expect(most).toBe(1);
    await notes.close();
  });
});
