import { Test, type TestingModule } from '@nestjs/testing';
import { type Job, type Queue, Worker } from 'bullmq';
import * as z from 'zod';
import { until } from '@libs/testing';
import type { JobContext } from '../attempt/job-context';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { QueueWorkerModule } from '../module/queue-worker.module';
import { defineJob } from '../contract/define-job';
import { Queues } from '../queues/queues';
import { QueueModule } from '../module/queue.module';
import { QueueStore } from '../store/queue-store';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { DeadJobs } from './dead-jobs';

const mailJob = defineJob({ name: 'mail', data: z.object({ to: z.string() }) });

type Processors = Parameters<typeof QueueWorkerModule.forProcessors>[0];

/** The jobs that ran. */
let ran: string[] = [];

/** In milliseconds. On Redis the interval of the latest worker to check applies to all. */
const LOOK_FOR_STALLED = 50;

@JobProcessor(mailJob, { maxStalledCount: 1, stalledInterval: LOOK_FOR_STALLED })
class MailProcessor extends JobHost<typeof mailJob> {
  handle({ data }: JobContext<typeof mailJob>) {
    ran.push(data.to);
  }
}

describeOnEachStore('a job that has lost its worker too often', (kind) => {
  let store: TestStore;
  let app: TestingModule;
  let dead: DeadJobs;
  let mails: Queue;

  beforeEach(async () => {
    store = await createTestStore(kind);
    ran = [];
    await start();
  });

  afterEach(async () => {
    await app.close();
    await store.drop();
  });

  async function start(...processors: Processors) {
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url }),
        QueueModule.forFeature(mailJob),
        QueueWorkerModule.forProcessors(processors),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    dead = app.get(DeadJobs);
    mails = app.get(Queues).open(mailJob);
  }

  async function restart(...processors: Processors) {
    await app.close();
    await start(...processors);
  }

  /** Makes a worker fetch a job and disappear silently, so that the job is requeued. */
  async function loseWorker(id: string, times: number) {
    const worker = new Worker(mailJob.name, null, {
      connection: app.get(QueueStore),
      autorun: false,
      lockDuration: 50,
      stalledInterval: LOOK_FOR_STALLED,
      skipLockRenewal: true,
      maxStalledCount: 1,
    });
    worker.on('error', () => undefined);
    try {
      await worker.startStalledCheckTimer();
      for (let lost = 0; lost < times; lost++) {
        await until(async () => {
          const job = (await worker.getNextJob('gone')) as Job | undefined;
          return job?.id === id;
        });
        await until(async () => (await mails.getJobState(id)) === 'waiting');
      }
    } finally {
      await worker.close(true);
    }
  }

  it('says what has happened and what to do, and has a whole life again when it is redriven', async () => {
    const { id = '' } = await mails.add('mail', { to: 'ada' });
    await loseWorker(id, 2);
    await restart(MailProcessor);
    await until(async () => (await mails.getJobState(id)) === 'failed');
    expect(ran).toEqual([]);

    const explained =
      /^Its worker disappeared 2 times while running it; the limit is 1 .* redrive the job/;
    expect(await dead.get('mail', id)).toMatchObject({
      failure: expect.stringMatching(explained) as string,
      history: [{ error: expect.stringContaining('Its worker disappeared') as string }],
    });

    await restart();
    await dead.redrive('mail', id);
    await loseWorker(id, 1);
    await restart(MailProcessor);
    await until(async () => (await mails.getJobState(id)) === 'completed');
    expect(ran).toEqual(['ada']);
  });
});
