import { type INestApplicationContext, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { FlowProducer, type Queue, Worker } from 'bullmq';
import { z } from 'zod';
import { until } from '@libs/testing';
import {
  DeadJobs,
  defineJob,
  JobCancellation,
  JobsReader,
  QueueModule,
  UnknownQueueError,
} from '..';
import { CANCELLED, JobCancelledError } from '../attempt/job-cancelled.error';
import { JobHost, JobProcessor, NonRetryableError, QueueWorkerModule } from '../consumer';
import type { JobContext } from '../attempt/job-context';
import type { JobCancelled, QueueObserver } from '../observe/queue-observer';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { Queues } from '../queues/queues';
import type { ProcessorClass } from '../processor/processor-class';
import { QueueErrors } from '../store/queue-errors';
import { QueueStore } from '../store/queue-store';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { JobCleaner } from '../worker/job-cleaner';
import { cancelMarksOf } from './cancel-marks-of';

const modes = ['obey', 'finish', 'ignore', 'retry', 'fail', 'run'] as const;

const songJob = defineJob({
  name: 'song',
  data: z.object({ mode: z.enum(modes), key: z.string().optional() }),
  result: z.string(),
  options: { attempts: 2, backoff: 3_600_000 },
  dedupe: ({ key }) => key,
});

/** Nothing runs these. */
const quietJob = defineJob({ name: 'quiet', data: z.object({}) });

/** The ids of the jobs that were run. */
const ran: string[] = [];
const reasons = new Map<string, unknown>();

@JobProcessor(songJob, { concurrency: 8 })
class SongProcessor extends JobHost<typeof songJob> {
  protected override readonly timeoutGrace = 100;

  async handle({ data: { mode }, job, signal }: JobContext<typeof songJob>) {
    const { id = '' } = job;
    ran.push(id);
    if (mode === 'run') return 'sung';
    if (mode === 'fail') throw new NonRetryableError('hoarse');
    if (mode === 'retry') throw new Error('again');
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    reasons.set(id, signal.reason);
    if (mode === 'obey') throw new Error('stopped half-way', { cause: signal.reason });
    if (mode === 'ignore') await new Promise(() => undefined);
    return 'sung';
  }
}

@JobProcessor(quietJob)
class QuietProcessor extends JobHost<typeof quietJob> {
  handle({ job: { id = '' } }: JobContext<typeof quietJob>) {
    ran.push(id);
  }
}

type Producer = JobProducer<typeof songJob>;

describeOnEachStore('a job that is cancelled', (kind) => {
  let store: TestStore;
  /** Runs no jobs. */
  let other: INestApplicationContext;
  let worker: INestApplicationContext | undefined;
  const told: JobCancelled[] = [];

  beforeAll(async () => {
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    store = await createTestStore(kind);
    other = await start();
  });

  beforeEach(() => {
    told.length = 0;
    ran.length = 0;
  });

  afterAll(async () => {
    await worker?.close();
    await other.close();
    await store.drop();
  });

  async function start(...processors: ProcessorClass[]): Promise<INestApplicationContext> {
    const observers: QueueObserver[] = [{ jobCancelled: (event) => told.push(event) }];
    const builder = Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url, observers }),
        QueueModule.forFeature(songJob, quietJob),
        QueueWorkerModule.forProcessors(processors),
      ],
    });
    const app = await builder.compile();
    app.useLogger(false);
    return app.init();
  }

  const songs = () => other.get<Producer>(getJobProducerToken(songJob), { strict: false });
  const queue = (): Queue => other.get(Queues).open(songJob);
  const status = async (id: string) => other.get(JobsReader).get('song', id);
  const ended = async (id: string) => {
    for await (const { state, finishedAt } of other.get(JobsReader).watch('song', id)) {
      if (finishedAt !== undefined) return state;
    }
    return undefined;
  };
  const running = async (mode: (typeof modes)[number]) => {
    worker ??= await start(SongProcessor);
    const { id } = await songs().add({ mode });
    await until(async () => (await status(id))?.state === 'active' && ran.includes(id));
    return id;
  };
  const add = async (mode: (typeof modes)[number], options = {}) =>
    (await songs().add({ mode }, options)).id;

  describe('before it runs', () => {
    it('never runs, whatever it waits for, and frees its deduplication key', async () => {
      const waiting = await add('run');
      const delayed = await add('run', { delay: 3_600_000 });
      const prioritized = await add('run', { priority: 5 });
      const unique = await songs().add({ mode: 'run', key: 'a' });
      const flows = new FlowProducer({ connection: other.get(QueueStore) });
      const flow = await flows.add({
        name: 'song',
        queueName: 'song',
        data: { mode: 'run' },
        children: [{ name: 'quiet', queueName: 'quiet', data: {} }],
      });
      await flows.close();
      const parent = flow.job.id ?? '';
      const ids = [waiting, delayed, prioritized, unique.id, parent];
      for (const id of ids) {
        expect(await songs().cancel(id, { reason: 'Not today.' })).toBe('cancelled');
        expect(await status(id)).toMatchObject({
          state: 'cancelled',
          failure: 'Not today.',
          attempts: { made: 0 },
        });
        expect(await songs().cancel(id)).toBe('cancelled');
      }
      expect(told.map(({ id }) => id)).toEqual(ids);
      expect(told[0]).toMatchObject({ queue: 'song', reason: 'Not today.', wasRunning: false });

      const again = await songs().add({ mode: 'run', key: 'a' });
      expect(again.deduplicated).toBeUndefined();
      worker ??= await start(SongProcessor);
      expect(await ended(again.id)).toBe('completed');
      expect(ran).toEqual([again.id]);
    });

    it('ends its parent as a failed child does', async () => {
      const flows = new FlowProducer({ connection: other.get(QueueStore) });
      const flow = await flows.add({
        name: 'song',
        queueName: 'song',
        data: { mode: 'run' },
        children: [
          { name: 'quiet', queueName: 'quiet', data: {}, opts: { failParentOnFailure: true } },
        ],
      });
      await flows.close();
      const child = flow.children?.[0]?.job.id ?? '';
      expect(await other.get(JobCancellation).cancel('quiet', child)).toBe('cancelled');
      worker ??= await start(SongProcessor);
      expect(await ended(flow.job.id ?? '')).toBe('failed');
    });

    it('ends without being run if its canceller dies after the mark, or after the claim', async () => {
      const marks = cancelMarksOf(other.get(QueueStore));
      const mark = {
        queue: 'quiet',
        failure: `${CANCELLED}gone`,
        token: 'lost',
        // Over at once.
        lockDuration: kind === 'redis' ? 1 : -10_000,
      };
      const quiet = other.get(Queues).open(quietJob);
      const { id = '' } = await quiet.add('quiet', {});
      expect(await marks.mark({ ...mark, id })).toEqual(
        expect.objectContaining({ found: 'claimed' }),
      );
      await until(
        async () => (await other.get(JobCancellation).cancel('quiet', id)) === 'cancelled',
      );
      expect(await quiet.getJobState(id)).toBe('failed');
      // The first reason stays.
      expect((await quiet.getJob(id))?.failedReason).toBe(mark.failure);

      // Marked while it runs in a worker, which then gives it back.
      await quiet.drain();
      const { id: second = '' } = await quiet.add('quiet', {});
      const elsewhere = new Worker('quiet', null, {
        connection: other.get(QueueStore),
        autorun: false,
      });
      const job = await elsewhere.getNextJob('elsewhere');
      expect(await marks.mark({ ...mark, id: second })).toMatchObject({ found: 'running' });
      await job.moveToWait('elsewhere');
      await elsewhere.close();
      const app = await start(QuietProcessor);
      await until(() => told.some((event) => event.id === second));
      await app.close();
      expect(told.at(-1)).toEqual({
        queue: 'quiet',
        id: second,
        reason: 'gone',
        wasRunning: false,
      });
      expect(ran).not.toContain(second);
    });

    it('is removed when its contract does not keep it any longer, and failed ones are not', async () => {
      worker ??= await start(SongProcessor);
      const failed = await add('fail');
      expect(await ended(failed)).toBe('failed');
      const cancelled = await add('run', { delay: 3_600_000 });
      await songs().cancel(cancelled);
      const cleaner = new JobCleaner(
        other.get(Queues),
        other.get(QueueErrors),
        other.get(QueueStore),
      );
      const keep = { completed: {}, failed: { maxCount: 1 }, cancelled: {} };
      await cleaner.clean({ ...songJob, keep });
      expect(await status(failed)).toMatchObject({ state: 'failed' });
      await until(async () => {
        await cleaner.clean({ ...songJob, keep: { ...keep, cancelled: { maxAge: 0 } } });
        return (await status(cancelled)) === undefined;
      });
      expect(await status(failed)).toMatchObject({ state: 'failed' });
    });

    it('is the only one of its schedule that does not run', async () => {
      worker ??= await start(SongProcessor);
      await queue().upsertJobScheduler(
        'each',
        { every: 700 },
        { name: 'song', data: { mode: 'run' } },
      );
      const next = await until(async () => {
        const [job] = await queue().getJobs(['delayed'], 0, 20);
        return job?.repeatJobKey === 'each' ? job.id : undefined;
      });
      expect(await songs().cancel(next)).toBe('cancelling');
      expect(await ended(next)).toBe('cancelled');
      await until(() => ran.filter((id) => id.startsWith('repeat:')).length > 0);
      await queue().removeJobScheduler('each');
      expect(ran).not.toContain(next);
    });
  });

  describe('while it runs', () => {
    it('has its signal within a second, and is not retried', async () => {
      const id = await running('obey');
      const start = performance.now();
      expect(await songs().cancel(id, { reason: 'Too loud.' })).toBe('cancelled');
      // Within a second, if the machine is not busy.
      expect(performance.now() - start).toBeLessThan(4_000);
      expect(reasons.get(id)).toBeInstanceOf(JobCancelledError);
      expect(await status(id)).toMatchObject({
        state: 'cancelled',
        failure: 'Too loud.',
        attempts: { made: 1, max: 2 },
      });
      const ofThis = () => told.filter((event) => event.id === id);
      await until(() => ofThis().length > 0);
      expect(ofThis()).toEqual([
        {
          queue: 'song',
          id,
          reason: 'Too loud.',
          wasRunning: true,
          duration: expect.any(Number) as number,
        },
      ]);
    });

    it('is completed if its handler completes, and the answer says so', async () => {
      const id = await running('finish');
      expect(await songs().cancel(id)).toBe('completed');
      expect(await status(id)).toMatchObject({ state: 'completed', result: 'sung' });
      // Its mark is gone.
      expect((await queue().getJob(id))?.deferredFailure).toBeUndefined();
    });

    it('ends after a grace if its handler does not', async () => {
      const id = await running('ignore');
      expect(await songs().cancel(id)).toBe('cancelled');
      expect((await status(id))?.failure).toContain('its handler is still running');
    });

    it('may be left to end, with a short wait', async () => {
      const id = await running('obey');
      expect(await songs().cancel(id, { wait: 0 })).toBe('cancelling');
      expect(await ended(id)).toBe('cancelled');
    });
  });

  describe('after an attempt', () => {
    it('is not retried', async () => {
      worker ??= await start(SongProcessor);
      const id = await add('retry');
      await until(async () => (await status(id))?.state === 'delayed');
      expect(await songs().cancel(id)).toBe('cancelled');
      expect(await status(id)).toMatchObject({ state: 'cancelled', attempts: { made: 1 } });
    });

    it('is told how it has ended before', async () => {
      worker ??= await start(SongProcessor);
      const completed = await add('run');
      const failed = await add('fail');
      expect(await ended(completed)).toBe('completed');
      expect(await ended(failed)).toBe('failed');
      expect(await songs().cancel(completed)).toBe('completed');
      expect(await songs().cancel(failed)).toBe('failed');
      for (const id of ['none', '', 'meta', 'wait', 'a\0b']) {
        expect(await songs().cancel(id)).toBe('not-found');
      }
      await expect(other.get(JobCancellation).cancel('nothing', '1')).rejects.toThrow(
        UnknownQueueError,
      );
    });
  });

  it('is not dead, is left alone by redriveAll, and runs if it is redriven by its id', async () => {
    worker ??= await start(SongProcessor);
    const dead = other.get(DeadJobs);
    const before = (await dead.list({ queue: 'song' })).total;
    const id = await add('run', { delay: 3_600_000 });
    await songs().cancel(id);
    const { jobs, total } = await dead.list({ queue: 'song' });
    expect(total).toBe(before);
    expect(jobs.map((job) => job.id)).not.toContain(id);
    const cancelled = await dead.list({ queue: 'song', cancelled: true });
    expect(cancelled.jobs[0]).toMatchObject({ id });
    expect(cancelled.total).toBe(cancelled.jobs.length);
    expect((await dead.redriveAll('song')).redriven).toBe(before);
    expect((await status(id))?.state).toBe('cancelled');

    await dead.redrive('song', id);
    expect(await ended(id)).toBe('completed');
    expect(ran).toContain(id);
  });
});
