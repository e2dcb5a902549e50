import { once } from 'node:events';
import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { z } from 'zod';
import { JobHost, JobProcessor, TransactionalJobHost, type JobContext } from '../consumer';
import { defineJob } from '../contract/define-job';
import { InjectJob } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { QueueAdmin } from '../admin/queue-admin';
import { QueueModule as RuntimeQueueModule } from '../module/queue.module';
import { JobsReader } from '../reader/jobs-reader';
import { QueueModule, type TestJobs } from '../testing';

const HOUR = 3_600_000;

const welcomeJob = defineJob({
  name: 'welcome',
  data: z.object({ to: z.string().min(1), tone: z.string().default('polite') }),
  result: z.object({ sentAt: z.string() }),
  options: { attempts: 5, backoff: { type: 'exponential', delay: 60_000 } },
  timeout: 30_000,
});

const reminderJob = defineJob({ name: 'reminder', data: z.object({ to: z.string() }) });

const nightlyJob = defineJob({
  name: 'nightly',
  data: z.object({}),
  schedule: { cron: '0 3 * * *', timezone: 'UTC', data: {} },
});

@Injectable()
class Mailer {
  readonly sent: string[] = [];
  problems: Error[] = [];

  send(to: string): void {
    const problem = this.problems.shift();
    if (problem !== undefined) throw problem;
    this.sent.push(to);
  }
}

@Module({ providers: [Mailer], exports: [Mailer] })
class MailerModule {}

@JobProcessor(welcomeJob, { imports: [MailerModule, QueueModule.forFeature(reminderJob)] })
class WelcomeProcessor extends JobHost<typeof welcomeJob> {
  constructor(
    private readonly mailer: Mailer,
    @InjectJob(reminderJob) private readonly reminders: JobProducer<typeof reminderJob>,
  ) {
    super();
  }

  async handle({ data: { to }, log, progress, signal }: JobContext<typeof welcomeJob>) {
    if (to === 'nowhere') await once(signal, 'abort');
    signal.throwIfAborted();
    await log(`to ${to}`);
    await progress(100);
    this.mailer.send(to);
    await this.reminders.add({ to }, { delay: HOUR });
    return { sentAt: new Date().toISOString() };
  }
}

@JobProcessor(nightlyJob)
class NightlyProcessor extends JobHost<typeof nightlyJob> {
  readonly nights: string[] = [];

  handle() {
    this.nights.push(new Date().toISOString().slice(11, 16));
  }
}

describe('a test without a store', () => {
  let jobs: TestJobs;
  let module: TestingModule;

  beforeAll(async () => {
    jobs = QueueModule.forTesting({ processors: [WelcomeProcessor] });
    module = await Test.createTestingModule({ imports: [jobs] }).compile();
    module.useLogger(false);
    await module.init();
  });

  afterAll(() => module.close());

  beforeEach(() => {
    jobs.clear();
  });

  const mailer = () => module.get(Mailer, { strict: false });

  it('has what was added, as its processor gets it and as it is stored', async () => {
    const { id } = await jobs.add(welcomeJob, { to: 'ada' }, { priority: 3 });
    expect(jobs.added(welcomeJob)).toEqual([
      {
        queue: 'welcome',
        id,
        data: { to: 'ada', tone: 'polite' },
        stored: { to: 'ada' },
        options: expect.objectContaining({ attempts: 5, priority: 3 }) as object,
        addedAt: expect.any(Date) as Date,
        parent: undefined,
      },
    ]);
  });

  it('runs nothing before it is drained; then it tells what has become of it', async () => {
    await jobs.add(welcomeJob, { to: 'ada' });
    expect(mailer().sent).not.toContain('ada');
    expect(await jobs.drain()).toMatchObject({
      completed: 1,
      failed: 0,
      retries: 0,
      left: 1,
      jobs: [{ queue: 'welcome', state: 'completed', attempts: 1 }],
    });
    expect(mailer().sent).toContain('ada');
    const [job] = jobs.ended(welcomeJob);
    expect(job).toMatchObject({
      logs: ['to ada'],
      progress: [100],
      errors: [],
      data: { to: 'ada' },
    });
    expect(job?.result?.sentAt).toMatch(/^\d{4}-/);
    // What the job itself has added has no processor here.
    expect(jobs.added(reminderJob)).toHaveEnqueued({ to: 'ada' }, { times: 1, delay: HOUR });
  });

  it('lets the time of retries pass at once, and gives the errors of each attempt', async () => {
    const begun = performance.now();
    mailer().problems = ['first', 'second'].map((text) => new Error(text));
    await jobs.add(welcomeJob, { to: 'ada' });
    const { retries, elapsed } = await jobs.drain();
    expect(retries).toBe(2);
    // One minute, and twice as long.
    expect(elapsed).toBeGreaterThanOrEqual(180_000);
    expect(performance.now() - begun).toBeLessThan(60_000);
    expect(jobs.ended(welcomeJob)).toMatchObject([
      { attempts: 3, errors: [{ message: 'first' }, { message: 'second' }] },
    ]);
  });

  it('rejects with each job that failed, and with the first error as its cause', async () => {
    const problem = new Error('no such address');
    mailer().problems = Array.from({ length: 10 }, () => problem);
    const { id } = await jobs.add(welcomeJob, { to: 'ada' });
    const drained = await jobs.drain().catch((error: unknown) => error);
    expect(drained).toMatchObject({ code: 'DRAIN_FAILED', cause: problem });
    expect(String(drained)).toContain(`- welcome ${id}, after 5 attempts: no such address`);
    expect(String(drained)).toContain("{ failures: 'report' }");

    await jobs.add(welcomeJob, { to: 'bob' });
    expect(await jobs.drain({ failures: 'report' })).toMatchObject({
      failed: 1,
      jobs: [{ state: 'failed', failure: 'no such address' }],
    });
    mailer().problems = [];
  });

  it('lets the time limit of a job pass when its handler hangs', async () => {
    await jobs.add(welcomeJob, { to: 'nowhere' }, { attempts: 1 });
    const { elapsed } = await jobs.drain({ failures: 'report', hangsAfter: 20 });
    expect(elapsed).toBeGreaterThanOrEqual(30_000);
    const [job] = jobs.ended(welcomeJob);
    expect(job?.failure).toContain('30000 ms');
    expect(job?.errors).toMatchObject([{ name: 'JobTimeoutError' }]);
  });

  it('says what hangs, if nothing is to let its time pass', async () => {
    const { id } = await jobs.add(welcomeJob, { to: 'nowhere' }, { attempts: 1 });
    await expect(jobs.drain({ patience: 30 })).rejects.toMatchObject({
      code: 'DRAIN_STUCK',
      message: expect.stringContaining(`welcome ${id}`) as string,
    });
    // The job still runs, and ends with its time limit.
    await jobs.drain({ failures: 'report', hangsAfter: 10 });
  });

  it('runs what is due by a time, and leaves the rest', async () => {
    const now = jobs.now.getTime();
    await jobs.add(welcomeJob, { to: 'soon' }, { delay: HOUR });
    await jobs.add(welcomeJob, { to: 'late' }, { delay: 3 * HOUR });
    const { completed, elapsed } = await jobs.drain({ until: '2 hours' });
    expect(completed).toBe(1);
    expect(elapsed).toBeGreaterThanOrEqual(2 * HOUR);
    const sentAt = Date.parse(jobs.ended(welcomeJob)[0]?.result?.sentAt ?? '');
    expect(sentAt - now).toBeGreaterThanOrEqual(HOUR);
    expect(sentAt - now).toBeLessThan(2 * HOUR);
    // Outside of drain, everything has the real time.
    expect(Date.now()).toBeLessThan(jobs.now.getTime() - HOUR);
    expect(await jobs.drain({ until: HOUR + 60_000 })).toMatchObject({ completed: 1 });
  });

  it.each(['soon', -1, Number.NaN, '2 lightyears', new Date(0)])(
    'refuses %s as a time to drain until',
    async (until) => {
      await expect(jobs.drain({ until })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    },
  );

  it('adds the jobs of a transaction when it ends well, and none of one that fails', async () => {
    await jobs.transaction(async (manager) => {
      await jobs.add(welcomeJob, { to: 'ada' }, { manager });
      expect(jobs.added(welcomeJob)).not.toHaveEnqueued();
    });
    const failing = jobs.transaction(async (manager) => {
      await jobs.add(welcomeJob, { to: 'bob' }, { manager });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(jobs.added(welcomeJob)).toHaveEnqueued({ to: 'ada' }, { times: 1 });
    expect(jobs.added(welcomeJob)).not.toHaveEnqueued({ to: 'bob' });
  });

  it('tells those who watch a job of each change', async () => {
    const { queue, id } = await jobs.add(welcomeJob, { to: 'ada' });
    const states: string[] = [];
    const watching = (async () => {
      for await (const { state } of module.get(JobsReader).watch(queue, id)) states.push(state);
    })();
    await jobs.drain();
    await watching;
    expect(states.at(-1)).toBe('completed');
  });

  it('says so where only a store can tell', async () => {
    await expect(module.get(QueueAdmin).status(['welcome'])).rejects.toMatchObject({
      code: 'STORE_REQUIRED',
      message: expect.stringContaining('startProcessor') as string,
    });
  });

  it('does not work together with fake timers of the test runner, and says so', async () => {
    jest.useFakeTimers();
    try {
      await expect(jobs.drain()).rejects.toThrow('useRealTimers()');
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('schedules in a test without a store', () => {
  it('run as often as they are due by the time that the test drains until', async () => {
    const jobs = QueueModule.forTesting({ processors: [NightlyProcessor] });
    const module = await Test.createTestingModule({ imports: [jobs] }).compile();
    module.useLogger(false);
    await module.init();
    expect(await jobs.drain({ until: '30 days' })).toMatchObject({ completed: 30 });
    const { nights } = module.get(NightlyProcessor, { strict: false });
    expect(new Set(nights)).toEqual(new Set(['03:00']));
    await module.close();
  });
});

@Injectable()
class SignUp {
  constructor(@InjectJob(welcomeJob) readonly welcomes: JobProducer<typeof welcomeJob>) {}
}

@Module({
  imports: [
    RuntimeQueueModule.forRoot({
      url: 'postgres://nowhere/db',
      outbox: { url: 'postgres://nowhere/db' },
    }),
    RuntimeQueueModule.forFeature(welcomeJob),
  ],
  providers: [SignUp],
})
class AppModule {}

describe('an application that only adds jobs', () => {
  it('is tested whole, without its store', async () => {
    const jobs = QueueModule.forTesting();
    const builder = jobs.override(Test.createTestingModule({ imports: [AppModule] }));
    const app = await builder.compile();
    app.useLogger(false);
    await app.init();
    const { welcomes } = app.get(SignUp);
    await welcomes.add({ to: 'ada' });
    expect(welcomes).toHaveEnqueued({ to: 'ada' });
    expect(jobs.added(welcomeJob)).toHaveLength(1);
    await expect(jobs.drain()).rejects.toThrow('this test has no worker');
    await app.close();
  });
});

@JobProcessor(reminderJob)
class CommittingProcessor extends TransactionalJobHost<typeof reminderJob> {
  override handleAndComplete(): never {
    throw new Error('It does not run.');
  }
}

it('a processor that completes its jobs in its own transaction needs a store', async () => {
  const jobs = QueueModule.forTesting({ processors: [CommittingProcessor] });
  const module = await Test.createTestingModule({ imports: [jobs] }).compile();
  module.useLogger(false);
  await expect(module.init()).rejects.toThrow('the memory of this test');
});
