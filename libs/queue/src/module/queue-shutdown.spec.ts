import { once } from 'node:events';
import {
  Global,
  Injectable,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { HealthModule, Readiness } from '@libs/health';
import { until } from '@libs/testing';
import {
  JobAbortedError,
  JobHost,
  JobProcessor,
  WorkersService,
  type JobContext,
} from '../consumer';
import { QueueWorkerModule } from './queue-worker.module';
import { defineJob } from '../contract/define-job';
import { InjectJob } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { startProcessor } from '../testing';
import { QueueModule } from './queue.module';
import { createQueueDatabase } from '../store/testing/queue-database';

const slowJob = defineJob({
  name: 'slow',
  data: z.object({ wait: z.enum(['release', 'abort', 'nothing']) }),
  result: z.object({ followUp: z.string() }),
  options: { backoff: 60_000 },
});

/** Something that a processor uses, and that closes itself in the first hook of the shut-down. */
@Injectable()
class Mailbox implements OnModuleDestroy {
  open = true;

  onModuleDestroy() {
    events.push('mailbox closed');
    this.open = false;
  }
}

@Module({ providers: [Mailbox], exports: [Mailbox] })
class MailboxModule {}

/** Closes where TypeORM does. */
@Global()
@Module({})
class DatabaseModule implements OnApplicationShutdown {
  onApplicationShutdown() {
    events.push('database closed');
  }
}

@JobProcessor(slowJob, {
  imports: [DatabaseModule, MailboxModule, QueueModule.forFeature(slowJob)],
})
class SlowProcessor extends JobHost<typeof slowJob> {
  readonly started: AbortSignal[] = [];
  release: () => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  constructor(
    private readonly mailbox: Mailbox,
    @InjectJob(slowJob) private readonly producer: JobProducer<typeof slowJob>,
  ) {
    super();
  }

  async handle({ data, signal }: JobContext<typeof slowJob>) {
    this.started.push(signal);
    const released = new Promise<void>((resolve, reject) => {
      this.release = resolve;
      this.fail = reject;
    });
    if (data.wait === 'abort') await once(signal, 'abort');
    else await released;
    if (data.wait === 'abort') signal.throwIfAborted();
    events.push(`job ended, mailbox ${this.mailbox.open ? 'open' : 'closed'}`);
    const { id } = await this.producer.add({ wait: 'release' });
    return { followUp: id };
  }
}

let events: string[] = [];

describeOnEachStore('an application that stops while a job runs', (kind) => {
  let store: TestStore;

  beforeEach(async () => {
    events = [];
    for (const level of ['log', 'debug'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation((...args: unknown[]) => {
        events.push(String(args[0]).replace(/ \(\d+ ms\)$/, ''));
      });
    }
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: string) => {
      events.push(line);
    });
    store = await createTestStore(kind);
  });

  // Fails if the application has left a connection open.
  afterEach(() => store.drop());

  async function start(shutdownDeadline?: number) {
    const app = await Test.createTestingModule({
      imports: [
        HealthModule,
        // A busy machine may block the event loop, and this reads every line of the log.
        QueueModule.forRoot({ url: store.url, shutdownDeadline, blockedLoopThreshold: 'off' }),
        QueueWorkerModule.forProcessors([SlowProcessor]),
      ],
    }).compile();
    await app.init();
    const readiness = app.get(Readiness);
    readiness.markReady();
    const processor = app.get(SlowProcessor, { strict: false });
    const producer = app.get<JobProducer<typeof slowJob>>('JobProducer(slow)', { strict: false });
    return { app, readiness, processor, producer, jobs: app.get(JobsReader) };
  }

  it('lets a job finish although its worker was paused before', async () => {
    const { app, processor, producer } = await start();
    const { id } = await producer.add({ wait: 'release' });
    await until(() => processor.started.length === 1);
    await processor.worker.pause(true);
    events = [];

    const closing = app.close();
    await until(() => events.includes('workers stopped fetching'));
    processor.release();
    await closing;
    expect(events.indexOf('job ended, mailbox open')).toBeGreaterThan(-1);
    expect(events.indexOf('running jobs finished')).toBeGreaterThan(
      events.indexOf('job ended, mailbox open'),
    );
    const reader = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ url: store.url }), QueueModule.forFeature(slowJob)],
    }).compile();
    expect(await reader.get(JobsReader).get('slow', id)).toMatchObject({ state: 'completed' });
    await reader.close();
  });

  it('is not ready first, lets the job finish and add another, and closes the database last', async () => {
    const { app, readiness, processor, producer } = await start();
    await producer.add({ wait: 'release' });
    await until(() => processor.started.length === 1);
    events = [];

    const closing = app.close();
    await until(() => events.length > 0);
    expect(readiness.state).toBe('stopping');
    expect(events).toEqual(['workers stopped fetching']);
    processor.release();
    await closing;

    expect(events).toEqual([
      'workers stopped fetching',
      'job ended, mailbox open',
      expect.stringMatching(/^Job 1 completed/),
      'running jobs finished',
      'workers closed',
      'mailbox closed',
      'queues closed',
      'queue store closed',
      'database closed',
    ]);
    expect(processor.started).toHaveLength(1);
  });

  it('puts a job back that ends with its abort signal, and another worker runs it at once', async () => {
    const first = await start(100);
    const { queue, id } = await first.producer.add({ wait: 'abort' });
    await until(() => first.processor.started.length === 1);
    const later = await first.producer.add({ wait: 'release' });
    events = [];

    await first.app.close();
    expect(first.processor.started[0]?.reason).toBeInstanceOf(JobAbortedError);
    expect(events).toEqual([
      'workers stopped fetching',
      'running jobs did not all finish',
      `These jobs still run after 100 ms, and receive their abort signal: slow ${id}.`,
      `Requeued for another worker: slow ${id}.`,
      'unfinished jobs requeued',
      'workers closed',
      'mailbox closed',
      'queues closed',
      'queue store closed',
      'database closed',
    ]);

    const second = await start(100);
    // It has its place before those that were added after it, and all its attempts.
    await until(() => second.processor.started.length === 1);
    expect(await second.jobs.get(queue, id)).toMatchObject({
      state: 'active',
      attempts: { made: 0 },
    });
    expect(await second.jobs.get(queue, later.id)).toMatchObject({ state: 'waiting' });
    await second.app.close();
  });

  it('puts a job back that does not listen, and what it does afterwards does not count', async () => {
    const first = await start(100);
    const { queue, id } = await first.producer.add({ wait: 'nothing' });
    await until(() => first.processor.started.length === 1);
    const second = await start();

    const closing = first.app.close();
    await until(() => second.processor.started.length === 1);
    expect(first.app.get(WorkersService).hadUnfinishedJobs).toBe(true);
    await closing;
    expect(events).toContain(
      `These jobs ignored their abort signal for 2000 ms. They are requeued, and their results will be discarded: slow ${id}.`,
    );
    first.processor.fail(new Error('too late'));
    expect(await second.jobs.get(queue, id)).toMatchObject({
      state: 'active',
      attempts: { made: 0 },
    });

    second.processor.release();
    await until(async () => (await second.jobs.get(queue, id))?.state === 'completed');
    expect(await second.jobs.get(queue, id)).toMatchObject({ attempts: { made: 1 } });
    const closingSecond = second.app.close();
    second.processor.release();
    await closingSecond;
  });

  it('lets go of whoever watches a job', async () => {
    const { app, processor, producer, jobs } = await start(100);
    const { queue, id } = await producer.add({ wait: 'release' });
    await until(() => processor.started.length === 1);
    const watching = jobs.watch(queue, id);
    await watching.next();
    const next = watching.next();

    const closing = app.close();
    processor.release();
    await closing;
    // It may have seen the end of the job, or have been let go before.
    await next;
    expect((await watching.next()).done).toBe(true);
  });
});

describe('an application that starts', () => {
  it('runs each processor once, however often it is told to start', async () => {
    const database = await createQueueDatabase();
    const harness = await startProcessor(SlowProcessor, { url: database.url });
    const workers = harness.app.get(WorkersService);
    expect(workers.start()).toBe(workers.start());
    const processor = harness.app.get(SlowProcessor, { strict: false });
    await harness.producer.addBulk([{ data: { wait: 'release' } }, { data: { wait: 'release' } }]);
    await until(() => processor.started.length === 1);
    const { active, waiting } = await harness.app
      .get<{ getJobCounts(): Promise<Record<string, number>> }>('BullQueue_slow', { strict: false })
      .getJobCounts();
    expect({ active, waiting }).toEqual({ active: 1, waiting: 1 });
    const closing = harness.close();
    processor.release();
    await closing;
    await database.drop();
  });

  it('tells readiness whether the store can be used', async () => {
    const database = await createQueueDatabase();
    const app = await Test.createTestingModule({
      imports: [HealthModule, QueueModule.forRoot({ url: database.url })],
    }).compile();
    const readiness = app.get(Readiness);
    readiness.markReady();
    expect(await readiness.report()).toMatchObject({ ready: true, checks: { queue: 'up' } });
    await app.close();
    await database.drop();
  });
});
