import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Test } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import * as z from 'zod';
import { until } from '@libs/testing';
import type { JobContext } from '../attempt/job-context';
import { defineJob } from '../contract/define-job';
import type { JobContract } from '../contract/job-contract';
import { compilePrograms } from '../isolation/testing/compile-program';
import { QueueModule } from '../module/queue.module';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { Queues } from '../queues/queues';
import { QueueStore } from '../store/queue-store';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { type QueueHarness, startProcessor } from '../testing';
import { type MoveRequest, moveJobs } from './move-jobs';
import { emailJob, mailJob } from './testing/move.contracts';

const pageJob = defineJob({ name: 'page', data: z.object({}) });
const letterJob = defineJob({
  name: 'letter',
  data: z.object({}),
  children: { pages: { job: pageJob } },
});

/** A harness of any job. */
type Started = Pick<QueueHarness<JobContract>, 'app' | 'close'>;

/** What has run under the new name. */
const ran: string[] = [];
let running = 0;

@JobProcessor(emailJob)
class EmailProcessor extends JobHost<typeof emailJob> {
  async handle({ data, signal, log }: JobContext<typeof emailJob>) {
    await log(`about ${data.note}`);
    if (data.fails) throw new Error('no such mailbox');
    if (!data.tenant) return;
    running += 1;
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    }).finally(() => {
      running -= 1;
    });
  }
}

@JobProcessor(mailJob)
class MailProcessor extends JobHost<typeof mailJob> {
  handle({ data }: JobContext<typeof mailJob>) {
    ran.push(data.note);
  }
}

@JobProcessor(letterJob)
class LetterProcessor extends JobHost<typeof letterJob> {
  handle() {
    return undefined;
  }
}

describeOnEachStore('moving the jobs of a renamed job', (kind) => {
  let store: TestStore;
  const open: Started[] = [];

  beforeEach(async () => {
    ran.length = 0;
    store = await createTestStore(kind);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((harness) => harness.close()));
    await store.drop();
  });

  /** A worker of a job; one that is stopped requeues what runs. */
  async function start<Harness extends Started>(starting: Promise<Harness>) {
    const harness = await starting;
    open.push(harness);
    return harness;
  }
  const startOld = () =>
    start(startProcessor(EmailProcessor, { url: store.url, shutdownDeadline: 0 }));
  const startNew = () => start(startProcessor(MailProcessor, { url: store.url }));
  async function stop(harness: Started) {
    open.splice(open.indexOf(harness), 1);
    await harness.close();
  }

  /** An api of before the rename. */
  async function startOldProducer() {
    const app = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ url: store.url }), QueueModule.forFeature(emailJob)],
    }).compile();
    await app.init();
    open.push({ app, close: () => app.close() });
    return app.get<JobProducer<typeof emailJob>>(getJobProducerToken(emailJob), { strict: false });
  }

  const move = ({ app }: Started, request: Partial<MoveRequest> = {}) =>
    moveJobs(app.get(QueueStore, { strict: false }), { from: 'email', to: 'mail', ...request });
  const noteOf = (data: unknown) => (data as { note?: string }).note;
  const queueOf = ({ app }: Started, job: Parameters<Queues['open']>[0]): Queue =>
    app.get(Queues, { strict: false }).open(job);

  /** What of a job must be the same in the other queue. */
  async function describeJob(queue: Queue, id: string) {
    const job = await queue.getJob(id);
    const { logs } = await queue.getJobLogs(id);
    const { opts, timestamp, priority, attemptsMade, failedReason, stacktrace } = job ?? {};
    const data: unknown = job?.data;
    const { finishedOn, deduplicationId } = job ?? {};
    const state = await queue.getJobState(id);
    const fixed = { data, opts: { ...opts, delay: undefined }, timestamp, priority, attemptsMade };
    return { ...fixed, failedReason, stacktrace, finishedOn, deduplicationId, logs, state };
  }

  it('takes over every state with all that a job has, and runs each once under the new name', async () => {
    const old = await startOld();
    const add = async (...args: Parameters<typeof old.producer.add>) =>
      (await old.producer.add(...args)).id;
    await old.run({ note: 'done' });
    const dead = (await old.run({ note: 'dead', fails: true })).id;
    const limited = [
      await add({ note: 'first of a tenant', tenant: 'a' }),
      await add({ note: 'second of a tenant', tenant: 'a' }),
    ];
    await until(() => running === 1);
    await expect(move(old)).rejects.toThrow(
      /^1 job of the queue "email" run: .+\. Nothing was moved\./,
    );
    await stop(old);

    const harness = await startNew();
    const { worker: newWorker } = harness.app.get(MailProcessor, { strict: false });
    await newWorker.pause();
    const emails = queueOf(harness, emailJob);
    const mails = queueOf(harness, mailJob);
    const producer = await startOldProducer();
    const addOld = async (...args: Parameters<typeof producer.add>) =>
      (await producer.add(...args)).id;
    const waiting = [await addOld({ note: 'one' }), await addOld({ note: 'two' })];
    const prioritized = await addOld({ note: 'urgent' }, { priority: 7 });
    const delayed = await addOld({ note: 'later' }, { delay: 3_600_000 });
    const deduplicated = await addOld({ note: 'once', once: 'ada' });
    const ids = [dead, ...waiting, prioritized, delayed, deduplicated];
    const before = await Promise.all(ids.map((id) => describeJob(emails, id)));
    expect(new Set(before.map(({ state }) => state)).size).toBeGreaterThanOrEqual(3);
    const dueAt = (await emails.getJob(delayed))?.delay;

    expect(await move(harness, { dryRun: true })).toEqual({
      isKnown: true,
      moved: { waiting: 6, delayed: 1, failed: 1 },
      staying: [],
    });
    expect(await mails.getJobCountByTypes()).toBe(0);
    expect(await move(harness)).toEqual({
      isKnown: true,
      moved: { waiting: 6, delayed: 1, failed: 1 },
      staying: [],
    });

    expect(await emails.getJobCountByTypes()).toBe(await emails.getJobCountByTypes('completed'));
    expect(await Promise.all(ids.map((id) => describeJob(mails, id)))).toEqual(before);
    expect((await mails.getJob(dead))?.name).toBe('mail');
    expect((await mails.getJob(delayed))?.delay).toBe(dueAt);
    const again = await harness.producer.add({ note: 'not again', once: 'ada' });
    expect(again).toMatchObject({ id: deduplicated, deduplicated: true });
    expect(await producer.add({ note: 'a new one', once: 'ada' })).not.toHaveProperty(
      'deduplicated',
    );

    await newWorker.resume();
    const due = [...waiting, prioritized, deduplicated, ...limited];
    await until(async () => (await mails.getJobCountByTypes('completed')) === due.length);
    expect([...ran].sort()).toEqual(
      ['first of a tenant', 'once', 'one', 'second of a tenant', 'two', 'urgent'].sort(),
    );
    expect(await mails.getJobCountByTypes('failed', 'delayed')).toBe(2);
  });

  it('leaves what other jobs refer to and what would replace a job, with the reasons', async () => {
    const letters = await start(startProcessor(LetterProcessor, { url: store.url }));
    await letters.producer.add({}, { children: { pages: [{ data: {} }] } });
    const emails = queueOf(letters, emailJob);
    await emails.add('email', { note: 'a' }, { jobId: 'same' });
    await queueOf(letters, mailJob).add('mail', { note: 'b' }, { jobId: 'same' });
    // BullMQ counts the ids of jobs that have none, in each queue from 1.
    const counted = await emails.add('email', { note: 'c' }, { deduplication: { id: 'c' } });
    const [first] = await emails.addBulk([{ name: 'email', data: { note: 'd' } }]);
    const mails = queueOf(letters, mailJob);
    for (let id = 0; id < Number(counted.id);) id = Number((await mails.add('mail', {})).id);
    const before = await mails.getJobCountByTypes();

    expect(await move(letters, { from: 'page', to: 'sheet' })).toMatchObject({
      moved: { waiting: 0 },
      staying: [{ reason: 'child', count: 1 }],
    });
    expect(await move(letters, { from: 'letter', to: 'note' })).toMatchObject({
      staying: [{ reason: 'parent', count: 1 }],
    });
    expect(await move(letters)).toEqual({
      isKnown: true,
      moved: { waiting: 2, delayed: 0, failed: 0 },
      staying: [{ reason: 'taken', count: 1, ids: ['same'] }],
    });
    const ids = new Map(
      (await mails.getJobs(['waiting'])).map(({ id, data }) => [noteOf(data), id] as const),
    );
    expect(Number(ids.get('d'))).toBe(Number(first?.id));
    expect(Number(ids.get('c'))).toBeGreaterThan(Number(first?.id));
    expect(await mails.getDeduplicationJobId('c')).toBe(ids.get('c'));
    // A job with an id that is taken would be lost.
    await mails.add('mail', { note: 'f' });
    expect(await mails.getJobCountByTypes()).toBe(before + 3);
    expect(await move(letters, { from: 'emial' })).toMatchObject({ isKnown: false });
  });

  it('loses no job and repeats none when it is killed half-way, and finishes when it is run again', async () => {
    const harness = await startNew();
    const { worker } = harness.app.get(MailProcessor, { strict: false });
    await worker.pause();
    const emails = queueOf(harness, emailJob);
    const mails = queueOf(harness, mailJob);
    const count = 1_200;
    const notes = Array.from({ length: count }, (_, index) => `note ${index}`);
    await emails.addBulk(
      notes.map((note, index) => ({
        name: 'email',
        data: { note },
        opts: { jobId: `job-${index}`, ...(index % 2 === 0 && { delay: 3_600_000 }) },
      })),
    );

    const programs = await compilePrograms('admin/testing/move.driver');
    // Of the statements that move the jobs, one in the middle.
    const last = kind === 'postgres' ? '6' : '16';
    const child = spawn(process.execPath, [programs.path('move.driver'), store.url, last], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    await programs.remove();

    const idsOf = async (queue: Queue) =>
      (await queue.getJobs(['waiting', 'delayed'], 0, -1)).map(({ id = '' }) => id);
    // The server may still be about to end the last statement.
    let half: string[] = [];
    let left: string[] = [];
    await until(async () => {
      const seen = left.length;
      [half, left] = [await idsOf(mails), await idsOf(emails)];
      return left.length === seen;
    });
    expect(half.length).toBeGreaterThan(0);
    expect(left.length).toBeGreaterThan(0);
    expect(new Set([...half, ...left]).size).toBe(count);
    expect(half.length + left.length).toBe(count);

    const { moved } = await move(harness);
    expect(moved.waiting + moved.delayed).toBe(left.length);
    expect(await move(harness)).toMatchObject({ moved: { waiting: 0, delayed: 0 }, staying: [] });
    await worker.resume();
    await until(async () => (await mails.getJobCountByTypes('completed')) === count / 2);
    expect(new Set(ran).size).toBe(count / 2);
    expect(ran).toHaveLength(count / 2);
  });
});
