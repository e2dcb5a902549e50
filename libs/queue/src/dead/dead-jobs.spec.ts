import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Test, type TestingModule } from '@nestjs/testing';
import { Job, type Queue } from 'bullmq';
import * as z from 'zod';
import { until } from '@libs/testing';
import type { JobContext } from '../attempt/job-context';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { QueueWorkerModule } from '../module/queue-worker.module';
import { defineJob } from '../contract/define-job';
import { Queues } from '../queues/queues';
import { QueueModule } from '../module/queue.module';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { JobsReader } from '../reader/jobs-reader';
import { DeadJobs } from './dead-jobs';
import { InvalidCursorError, JobNotDeadError } from './dead-jobs.errors';
import { compilePrograms } from '../isolation/testing/compile-program';
import { deadRow } from './testing/redrive.contract';

const mailJob = defineJob({
  name: 'mail',
  data: z.object({ to: z.string() }),
  options: { attempts: 2, backoff: 0 },
});

/** Whether the processors below fail; the jobs they ran. */
let isBroken = true;
let ran: string[] = [];

@JobProcessor(mailJob)
class MailProcessor extends JobHost<typeof mailJob> {
  handle({ data }: JobContext<typeof mailJob>) {
    ran.push(data.to);
    if (isBroken) throw new Error(`no mail to ${data.to}`);
  }
}

@JobProcessor(deadRow, { concurrency: 10 })
class RowProcessor extends JobHost<typeof deadRow> {
  handle() {
    if (isBroken) throw new Error('no row');
  }
}

describeOnEachStore('dead jobs', (kind) => {
  let store: TestStore;
  let app: TestingModule;
  let dead: DeadJobs;
  let mails: Queue;
  let rows: Queue;

  beforeEach(async () => {
    store = await createTestStore(kind);
    app = await start(MailProcessor, RowProcessor);
    dead = app.get(DeadJobs);
    mails = app.get(Queues).open(mailJob);
    rows = app.get(Queues).open(deadRow);
    isBroken = true;
    ran = [];
  });

  afterEach(async () => {
    await app.close();
    await store.drop();
  });

  async function start(...processors: Parameters<typeof QueueWorkerModule.forProcessors>[0]) {
    const module = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url }),
        QueueModule.forFeature(mailJob, deadRow),
        QueueWorkerModule.forProcessors(processors),
      ],
    }).compile();
    module.useLogger(false);
    return module.init();
  }

  /** Starts the application without running jobs. */
  async function stopWorkers() {
    await app.close();
    app = await start();
    dead = app.get(DeadJobs);
    mails = app.get(Queues).open(mailJob);
    rows = app.get(Queues).open(deadRow);
  }

  /** Adds jobs with distinct times of death. */
  async function kill(queue: Queue, ...names: string[]) {
    const ids: string[] = [];
    for (const to of names) {
      const { id = '' } = await queue.add(queue.name, { to });
      await until(async () => (await queue.getJobState(id)) === 'failed');
      const { finishedOn = 0 } = (await queue.getJob(id)) ?? {};
      await until(() => Date.now() > finishedOn);
      ids.push(id);
    }
    return ids;
  }

  it('are redriven, all but one that another removes at the same moment', async () => {
    await kill(rows, 'ada', 'bob', 'eve');
    await stopWorkers();
    const find = rows.getJobs.bind(rows);
    jest.spyOn(rows, 'getJobs').mockImplementationOnce(async (...query) => {
      const jobs = await find(...query);
      await jobs[1]?.remove();
      return jobs;
    });
    expect(await dead.redriveAll(rows.name)).toEqual({ redriven: 2, refused: [] });
    expect(await rows.getJobCountByTypes('failed')).toBe(0);
  });

  it.each(['wait', 'events', 'meta', 'id', 'failed'])(
    'are not what is kept under the name "%s" in a queue',
    async (id) => {
      await kill(rows, 'ada');
      await expect(dead.get(rows.name, id)).rejects.toThrow(JobNotDeadError);
      expect(await app.get(JobsReader).get(rows.name, id)).toBeUndefined();
    },
  );

  it('cannot be listed when two questions fail one after the other, and the second ends no process', async () => {
    const late = new Promise<never>((_, reject) => setImmediate(reject, new Error('late')));
    jest.spyOn(rows, 'getJobs').mockReturnValue(late);
    jest.spyOn(rows, 'getJobCountByTypes').mockRejectedValue(new Error('away'));
    await expect(dead.list()).rejects.toThrow('away');
    // Jest fails a test with an unhandled rejection.
    await late.catch(() => new Promise(setImmediate));
  });

  it('have no page behind a cursor that nobody gave', async () => {
    const cursor = Buffer.from(JSON.stringify([['mail', 3_000_000_000]])).toString('base64url');
    await expect(dead.list({ cursor })).rejects.toThrow(InvalidCursorError);
  });

  it('show their data, error, stack, times and every attempt', async () => {
    const before = Date.now();
    const [id = ''] = await kill(mails, 'ada');
    const job = await dead.get('mail', id);
    expect(job).toMatchObject({
      queue: 'mail',
      id,
      name: 'mail',
      data: { to: 'ada' },
      failure: 'no mail to ada',
      attempts: { made: 2, max: 2 },
      history: [
        { attempt: 1, error: 'Error: no mail to ada' },
        { attempt: 2, error: 'Error: no mail to ada' },
      ],
    });
    expect(job.stack).toMatch(/^Error: no mail to ada\n\s+at .*dead-jobs\.spec\.ts/s);
    for (const time of [job.enqueuedAt, job.startedAt, job.failedAt, job.history[0]?.at]) {
      expect(Number(time)).toBeGreaterThanOrEqual(before);
      expect(Number(time)).toBeLessThanOrEqual(Date.now());
    }
  });

  it('are listed page by page, those of all queues together, the latest first', async () => {
    await kill(mails, 'a', 'b');
    await kill(rows, 'c');
    await kill(mails, 'd', 'e');
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await dead.list({ limit: 2, cursor });
      expect(page.total).toBe(5);
      seen.push(page.jobs.map(({ data }) => (data as { to: string }).to));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([['e', 'd'], ['c', 'b'], ['a']]);

    const { jobs, total } = await dead.list({ queue: 'row' });
    expect({ total, data: jobs.map(({ data }) => data) }).toEqual({
      total: 1,
      data: [{ to: 'c' }],
    });
  });

  it('are in known queues, on pages that exist, and really dead', async () => {
    const { id = '' } = await mails.add('mail', { to: 'ada' }, { delay: 60_000 });
    await expect(dead.list({ queue: 'male' })).rejects.toThrow(
      'There is no queue "male". There are: mail, row.',
    );
    await expect(dead.list({ cursor: 'x' })).rejects.toThrow('"x" is not a valid cursor');
    await expect(dead.get('mail', 'nobody')).rejects.toThrow('There is no job "nobody"');
    await expect(dead.get('mail', 'a\0b')).rejects.toThrow('There is no job');
    for (const act of [dead.get('mail', id), dead.redrive('mail', id), dead.remove('mail', id)]) {
      await expect(act).rejects.toMatchObject({ state: 'delayed' });
    }
    expect(await mails.getJobState(id)).toBe('delayed');
  });

  it('run again when redriven, with all their attempts, and can die again', async () => {
    const [id = ''] = await kill(mails, 'ada');
    expect(ran).toHaveLength(2);
    await dead.redrive('mail', id);
    await until(async () => (await mails.getJobState(id)) === 'failed');
    expect(ran).toHaveLength(4);
    expect(await dead.get('mail', id)).toMatchObject({
      attempts: { made: 2, max: 2 },
      history: [{ attempt: 1 }, { attempt: 2 }],
    });
    expect(await dead.log('mail', id)).toEqual([
      expect.stringMatching(/redriven; attempt 1 failed at 2.*: Error: no mail to ada; attempt 2 /),
    ]);

    isBroken = false;
    await dead.redrive('mail', id);
    await until(async () => (await mails.getJobState(id)) === 'completed');
    expect(ran).toHaveLength(5);
  });

  it('run once, however often and at the same moment they are redriven', async () => {
    const [id = ''] = await kill(mails, 'ada');
    await stopWorkers();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => dead.redrive('mail', id)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toMatchObject({ name: 'JobNotDeadError', state: 'waiting' });
    }
    expect(await mails.getJobCountByTypes('waiting')).toBe(1);
  });

  it('are not dead for a redrive that another one has overtaken, also if they have died again', async () => {
    const [id = ''] = await kill(mails, 'ada');
    await stopWorkers();
    // The real method of BullMQ, called twice.
    // eslint-disable-next-line @typescript-eslint/unbound-method
    const { retry } = Job.prototype;
    jest.spyOn(Job.prototype, 'retry').mockImplementationOnce(async function (this: Job, ...how) {
      await retry.apply(this, how);
      const answer: unknown = await retry.apply(this, how).catch((error: unknown) => error);
      const worker = await start(MailProcessor);
      await until(async () => (await mails.getJobState(id)) === 'failed');
      await worker.close();
      throw answer;
    });
    await expect(dead.redrive('mail', id)).rejects.toThrow(JobNotDeadError);
  });

  it('stay dead if the contract accepts their data no more, unless they are forced', async () => {
    await stopWorkers();
    const bad = await mails.add('mail', { to: 7 });
    const other = await mails.add('parcel', { to: 'ada' });
    isBroken = false;
    await app.close();
    app = await start(MailProcessor);
    dead = app.get(DeadJobs);
    mails = app.get(Queues).open(mailJob);
    await until(async () => (await mails.getJobCountByTypes('failed')) === 2);
    await stopWorkers();

    await expect(dead.redrive('mail', bad.id ?? '')).rejects.toThrow(/breaks the contract.*to: /);
    await expect(dead.redrive('mail', other.id ?? '')).rejects.toThrow('a job named "parcel"');
    expect(await dead.redriveAll('mail')).toMatchObject({
      redriven: 0,
      refused: [{ reason: expect.stringContaining('contract') as string }, {}],
    });
    await dead.redrive('mail', bad.id ?? '', { force: true });
    expect(await mails.getJobState(bad.id ?? '')).toBe('waiting');
  });

  it('are gone when they are removed', async () => {
    const [id = '', other = ''] = await kill(mails, 'ada', 'bob');
    await dead.remove('mail', id);
    await expect(dead.remove('mail', id)).rejects.toThrow(`There is no job "${id}"`);
    expect((await dead.list()).jobs).toMatchObject([{ id: other }]);
  });

  it('are redriven all, each once, even if they die again at once', async () => {
    await rows.addBulk(Array.from({ length: 220 }, () => ({ name: 'row', data: { to: 'x' } })));
    await until(async () => (await rows.getJobCountByTypes('failed')) === 220);
    expect(await dead.redriveAll('row')).toEqual({ redriven: 220, refused: [] });
    await until(async () => (await rows.getJobCountByTypes('failed')) === 220);
    expect(await dead.redriveAll('mail')).toEqual({ redriven: 0, refused: [] });
  });

  it('are dead or waiting, and none is lost, when redriving all is killed half-way', async () => {
    // Chunks of 100 are redriven at the same time.
    const count = 250;
    await rows.addBulk(Array.from({ length: count }, () => ({ name: 'row', data: { to: 'x' } })));
    await until(async () => (await rows.getJobCountByTypes('failed')) === count);
    await stopWorkers();
    const waiting = () => rows.getJobCountByTypes('waiting');

    const programs = await compilePrograms('dead/testing/redrive.driver');
    const child = spawn(process.execPath, [programs.path('redrive.driver'), store.url, '150'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    await programs.remove();

    const half = await waiting();
    const left = await rows.getJobCountByTypes('failed');
    expect(half).toBeGreaterThan(0);
    expect(left).toBeGreaterThan(0);
    expect(half + left).toBe(count);
    expect(await rows.getJobCountByTypes()).toBe(count);

    expect(await dead.redriveAll('row')).toEqual({ redriven: left, refused: [] });
    expect(await waiting()).toBe(count);
    isBroken = false;
    await app.close();
    app = await start(RowProcessor);
    rows = app.get(Queues).open(deadRow);
    await until(async () => (await rows.getJobCountByTypes('completed')) === count);
  });
});
