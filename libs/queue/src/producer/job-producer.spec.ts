import type { INestApplicationContext } from '@nestjs/common';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import { z } from 'zod';
import { defineJob } from '../contract/define-job';
import { JobDataError } from '../contract/job-data.error';
import { QueueModule } from '../module/queue.module';
import { InjectJob } from './inject-job.decorator';
import type { JobProducer } from './job-producer';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';

const mailJob = defineJob({
  name: 'mail',
  data: z.object({
    to: z.array(z.email()).min(1),
    subject: z.string().min(1),
    at: z.coerce.date().optional(),
    size: z.unknown().optional(),
  }),
  options: { attempts: 7, keepLogs: 9 },
});
const birthdayJob = defineJob({ name: 'birthday', data: z.object({ day: z.date() }) });
const emptyJob = defineJob({ name: 'empty', data: z.object({}) });

@Injectable()
class Sender {
  constructor(
    @InjectJob(mailJob) readonly mails: JobProducer<typeof mailJob>,
    @InjectJob(birthdayJob) readonly birthdays: JobProducer<typeof birthdayJob>,
  ) {}
}

@Module({ imports: [QueueModule.forFeature(mailJob, birthdayJob)], providers: [Sender] })
class SenderModule {}

@Module({ imports: [QueueModule.forFeature(mailJob, emptyJob)] })
class OtherModule {}

const mail = { to: ['ada@example.org'], subject: 'Hello' };

describeOnEachStore('a producer', (kind) => {
  let store: TestStore;
  let app: INestApplicationContext;
  let sender: Sender;
  let queue: Queue;

  beforeAll(async () => {
    store = await createTestStore(kind);
    app = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ url: store.url }), SenderModule, OtherModule],
    }).compile();
    sender = app.get(Sender, { strict: false });
    queue = app.select(SenderModule).get<Queue>('BullQueue_mail', { strict: false });
  });

  afterAll(async () => {
    await app.close();
    await store.drop();
  });

  async function stored(): Promise<number> {
    const counts = await queue.getJobCounts();
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  async function refusal(adding: Promise<unknown>): Promise<JobDataError> {
    const error: unknown = await adding.catch((reason: unknown) => reason);
    if (!(error instanceof JobDataError)) throw new Error(`Not refused: ${String(error)}`);
    return error;
  }

  it('adds a job under the name and with the options of its contract', async () => {
    const { queue: name, id } = await sender.mails.add(mail);
    expect(name).toBe('mail');
    const job = await queue.getJob(id);
    expect(job).toMatchObject({ name: 'mail', data: mail });
    expect(job?.opts).toMatchObject({
      attempts: 7,
      backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
      keepLogs: 9,
    });
  });

  it('lets one job have other options', async () => {
    const { id } = await sender.mails.add(mail, { attempts: 1, priority: 5, jobId: 'mail-1' });
    expect(id).toBe('mail-1');
    expect((await queue.getJob(id))?.opts).toMatchObject({ attempts: 1, priority: 5 });
  });

  it('adds a job with the same id or deduplication id once', async () => {
    const first = await sender.mails.add(mail, { jobId: 'once' });
    const before = await stored();
    expect(await sender.mails.add(mail, { jobId: 'once' })).toEqual(first);
    expect(await stored()).toBe(before);

    const { id } = await sender.mails.add(mail, { deduplication: { id: 'ada' } });
    expect((await sender.mails.add(mail, { deduplication: { id: 'ada' } })).id).toBe(id);
    expect(await stored()).toBe(before + 1);
  });

  it('stores what was passed: a date as the worker will read it again', async () => {
    const { id } = await sender.mails.add({ ...mail, at: new Date('2026-01-02T03:04:05Z') });
    expect((await queue.getJob(id))?.data).toEqual({ ...mail, at: '2026-01-02T03:04:05.000Z' });
  });

  it('refuses data that breaks the contract: it names every field and stores nothing', async () => {
    const before = await stored();
    const error = await refusal(sender.mails.add({ to: ['ada', 'b@example.org'], subject: '' }));
    expect(error.problems.map(({ field }) => field)).toEqual(['to[0]', 'subject']);
    expect(error.message).toBe(
      'No "mail" job was added, its data breaks the contract: to[0]: Invalid email address; ' +
        'subject: Too small: expected string to have >=1 characters.',
    );
    expect(await stored()).toBe(before);
  });

  it('refuses what cannot be written as JSON', async () => {
    const error = await refusal(sender.mails.add({ ...mail, size: 1n }));
    expect(error.message).toContain('it cannot be written as JSON');
  });

  it('refuses a contract that no stored job can satisfy, instead of leaving it to the worker', async () => {
    const error = await refusal(sender.birthdays.add({ day: new Date() }));
    expect(error.problems[0]?.field).toBe('day');
  });

  it('adds many jobs at once, or none of them', async () => {
    const added = await sender.mails.addBulk([
      { data: mail },
      { data: mail, options: { attempts: 2 } },
    ]);
    const jobs = await Promise.all(added.map(({ id }) => queue.getJob(id)));
    expect(jobs.map((job) => job?.opts.attempts)).toEqual([7, 2]);

    const before = await stored();
    const wrong = { ...mail, to: ['x'] };
    const error = await refusal(sender.mails.addBulk([{ data: mail }, { data: wrong }]));
    expect(error.problems.map(({ field }) => field)).toEqual(['[1].to[0]']);
    expect(await stored()).toBe(before);
  });

  it('shares its queue with every module that adds such jobs', () => {
    const other = app.select(OtherModule).get<Queue>('BullQueue_mail', { strict: false });
    expect(other).toBe(queue);
  });
});
