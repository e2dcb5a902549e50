import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Job } from 'bullmq';
import * as z from 'zod';
import { until, type TestDatabase } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import type { QueueModuleOptions } from '../options/queue-module-options';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { AttemptAbort } from '../attempt/attempt-abort';
import { LogObserver } from '../observe/log.observer';
import { BlockedLoopWatch, type BlockedLoop } from './blocked-loop-watch';
import type { JobContext } from '../attempt/job-context';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { QueueWorkerModule } from '../module/queue-worker.module';
import { RunningJobs } from '../attempt/running-jobs';
import { createQueueDatabase } from '../store/testing/queue-database';

/** Nothing else runs in this process meanwhile. */
function block(time: number): void {
  const end = performance.now() + time;
  while (performance.now() < end);
}

const primesJob = defineJob({ name: 'primes', data: z.object({ time: z.number() }) });
const calmJob = defineJob({ name: 'calm', data: z.object({}) });

/** Its attempt begins and ends while the loop is blocked. */
@JobProcessor(primesJob)
class PrimesProcessor extends JobHost<typeof primesJob> {
  handle({ data }: JobContext<typeof primesJob>) {
    block(data.time);
  }
}

@JobProcessor(calmJob)
class CalmProcessor extends JobHost<typeof calmJob> {
  release: (() => void) | undefined;

  handle() {
    return new Promise<void>((resolve) => {
      this.release = resolve;
    });
  }
}

describe('a worker whose event loop is blocked', () => {
  let database: TestDatabase;
  let app: TestingModule;
  let warnings: string[];

  beforeEach(async () => {
    jest.spyOn(Logger.prototype, 'log').mockImplementation();
    warnings = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: string) => {
      warnings.push(line);
    });
    database = await createQueueDatabase();
  });

  afterEach(async () => {
    app.get(CalmProcessor, { strict: false }).release?.();
    await app.close();
    await database.drop();
  });

  async function start(options: Partial<QueueModuleOptions>) {
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: database.url, ...options }),
        QueueModule.forFeature(primesJob, calmJob),
        QueueWorkerModule.forProcessors([PrimesProcessor, CalmProcessor]),
      ],
    }).compile();
    await app.init();
    const calm = app.get(CalmProcessor, { strict: false });
    const producer = <Job extends typeof primesJob | typeof calmJob>(job: Job) =>
      app.get<JobProducer<Job>>(getJobProducerToken(job), { strict: false });
    return { primes: producer(primesJob), calms: producer(calmJob), calm };
  }

  const blocked = () => warnings.filter((line) => line.startsWith('The event loop was blocked'));

  it('says which job ran, for how long, and what to do', async () => {
    const { primes } = await start({});
    const { id } = await primes.add({ time: 1_300 });
    await until(() => blocked().length > 0);
    const [line = ''] = blocked();
    expect(line).toContain(` ms while primes ${id} ran: no other job made progress`);
    expect(line).toContain('Run the processor of "primes" outside this event loop');
    expect(line).toContain("isolation: 'process' in its @JobProcessor");
    // The loop may have been free for part of the time between two polls, 250 ms by default.
    expect(Number(/for (\d+) ms/.exec(line)?.[1])).toBeGreaterThanOrEqual(1_050);
  });

  it('names what ran beside it too, because it cannot tell which of them it was', async () => {
    const { primes, calms, calm } = await start({ blockedLoopThreshold: 300 });
    const waiting = await calms.add({});
    await until(() => calm.release !== undefined);
    const { id } = await primes.add({ time: 500 });
    const named = () => blocked().filter((line) => line.includes(`primes ${id}`));
    await until(() => named().length > 0);
    expect(named()[0]).toContain(`calm ${waiting.id}`);
    expect(named()[0]).toContain('Find the CPU-bound one of these processors');
  });

  it('says nothing if told so', async () => {
    const { primes } = await start({ blockedLoopThreshold: 'off' });
    const { queue, id } = await primes.add({ time: 1_300 });
    const jobs = app.get(JobsReader);
    await until(async () => (await jobs.get(queue, id))?.state === 'completed');
    expect(blocked()).toEqual([]);
  });
});

describe('what has blocked an event loop', () => {
  const clock = { now: 0, active: 0 };
  let reports: BlockedLoop[];
  let running: RunningJobs;
  let watch: BlockedLoopWatch;

  beforeEach(() => {
    jest.useFakeTimers();
    reports = [];
    running = new RunningJobs();
    watch = new BlockedLoopWatch(1_000, [running], (report) => reports.push(report), {
      now: () => clock.now,
      active: () => clock.active,
    });
    watch.start();
  });

  afterEach(() => {
    watch.stop();
    jest.useRealTimers();
  });

  /** The time until the next poll. */
  function pass(time: number, { active }: { active: number }) {
    clock.now += time;
    clock.active += active;
    jest.advanceTimersByTime(250);
  }

  const run = (id: string, attempt: () => Promise<void> = () => new Promise(() => undefined)) =>
    running.run({ job: { id } as Job, token: undefined, abort: new AttemptAbort() }, attempt);

  const ids = () => reports.flatMap(({ jobs }) => jobs.map(({ id }) => id));

  it('is what ran while a timer came late, be it over or not', async () => {
    void run('1');
    await run('2', () => {
      clock.now += 1_250;
      clock.active += 1_250;
      return Promise.resolve();
    });
    pass(50, { active: 50 });
    expect(reports).toMatchObject([{ duration: 1_050 }]);
    expect(ids()).toEqual(['1', '2']);
  });

  it('is not what ended while the loop was free', async () => {
    void run('1');
    await run('2', () => Promise.resolve());
    pass(1_300, { active: 1_300 });
    expect(ids()).toEqual(['1']);
  });

  it('is nothing if less than the threshold, or if no job ran', () => {
    pass(5_000, { active: 5_000 });
    void run('1');
    pass(1_249, { active: 1_249 });
    pass(250, { active: 250 });
    expect(reports).toEqual([]);
  });

  it('is nothing if the process was stopped, and not its loop: a laptop that slept', () => {
    void run('1');
    pass(3_600_000, { active: 5 });
    expect(reports).toEqual([]);
  });
});

describe('the log of blocked event loops', () => {
  const report = (log: LogObserver, queue: string, duration: number) => {
    log.loopBlocked({ duration, jobs: [{ queue, id: '1' }] });
  };

  it('says it of the same processors once a minute, and then how often it happened in between', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const now = jest.spyOn(performance, 'now').mockReturnValue(0);
    const log = new LogObserver();
    report(log, 'primes', 1_000);
    now.mockReturnValue(59_999);
    report(log, 'primes', 5_000);
    report(log, 'primes', 2_000);
    expect(warn).toHaveBeenCalledTimes(1);
    report(log, 'video', 1_000);
    expect(warn).toHaveBeenCalledTimes(2);
    now.mockReturnValue(60_000);
    report(log, 'primes', 1_000);
    expect(warn).toHaveBeenCalledTimes(3);
    expect(warn.mock.calls[2]?.[0]).toContain('2 more times, for up to 5000 ms');
  });

  it('names ten jobs, and how many more there were', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const jobs = Array.from({ length: 12 }, (_, id) => ({ queue: 'a', id: `${id}` }));
    new LogObserver().loopBlocked({ duration: 1_000, jobs });
    expect(warn.mock.calls[0]?.[0]).toContain('a 8, a 9 and 2 more ran');
  });
});
