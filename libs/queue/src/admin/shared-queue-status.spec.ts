import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { until } from '@libs/testing';
import * as z from 'zod';
import { defineJob, QueueModule } from '..';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { QueueWorkerModule } from '../module/queue-worker.module';
import { QueueStore } from '../store/queue-store';
import { QueueAdmin } from './queue-admin';
import { QueueWorkers } from './queue-workers';
import { SharedQueueStatus } from './shared-queue-status';

const mailJob = defineJob({ name: 'mail', data: z.object({}) });
const fileJob = defineJob({ name: 'file', data: z.object({}) });

@JobProcessor(mailJob, { concurrency: 3 })
class MailProcessor extends JobHost<typeof mailJob> {
  handle() {
    return undefined;
  }
}

describeOnEachStore('the status of queues that several processes ask for', (kind) => {
  let store: TestStore;
  let processes: TestingModule[];
  let reads: jest.SpyInstance;

  beforeAll(async () => {
    jest.spyOn(Logger.prototype, 'log').mockImplementation();
    store = await createTestStore(kind);
    const start = () =>
      Test.createTestingModule({
        imports: [
          QueueModule.forRoot({ url: store.url }),
          QueueModule.forFeature(mailJob, fileJob),
        ],
      }).compile();
    processes = await Promise.all([start(), start(), start()]);
    await Promise.all(processes.map((app) => app.init()));
  });

  beforeEach(() => {
    reads = jest.spyOn(QueueAdmin.prototype, 'status');
  });

  afterEach(() => {
    reads.mockRestore();
  });

  afterAll(async () => {
    await Promise.all(processes.map((app) => app.close()));
    await store.drop();
  });

  const shared = () => processes.map((app) => app.get(SharedQueueStatus));
  const all = (maxAge?: number) =>
    Promise.all(shared().map((each) => each.read(undefined, { maxAge })));

  it('is read once for all of them, and given to all', async () => {
    const producer = processes[0]?.get<JobProducer<typeof mailJob>>(getJobProducerToken(mailJob), {
      strict: false,
    });
    await producer?.add({});
    for (let round = 0; round < 5; round += 1) await all();
    const answers = await all();
    // Both queues in one question, or each in one of its own.
    const questions = reads.mock.calls.flatMap(([names]) => names as string[]);
    expect(questions.sort()).toEqual(['file', 'mail']);
    for (const answer of answers) {
      expect(answer).toMatchObject([
        { queue: 'file', waiting: 0, paused: false },
        { queue: 'mail', waiting: 1, oldestSince: expect.any(Date) as Date },
      ]);
      expect(answer).toEqual(answers[0]);
    }
  });

  it('is read again by one of them when it is too old', async () => {
    await processes[0]?.get(QueueAdmin).pause('mail', { by: 'ada' });
    await until(async () => {
      const [first = []] = await all(1);
      return first.every(({ queue, paused }) => paused === (queue === 'mail'));
    });
    reads.mockClear();
    const answers = await all(60_000);
    expect(reads).not.toHaveBeenCalled();
    expect(answers[2]?.[1]).toMatchObject({ pausedBy: 'ada', pausedAt: expect.any(Date) as Date });
  });

  it('is that of before while one of them cannot read it', async () => {
    reads.mockRejectedValue(new Error('the statement was too slow'));
    const results = await Promise.allSettled(
      shared().map((each) => each.read(['mail'], { maxAge: 200 })),
    );
    const answers = results.flatMap((result) =>
      result.status === 'fulfilled' ? result.value : [],
    );
    expect(answers.length).toBeGreaterThanOrEqual(2);
    expect(answers.every(({ queue, paused }) => queue === 'mail' && paused)).toBe(true);
  });

  it('is not read of a queue that the application does not have', async () => {
    await expect(shared()[0]?.read(['mal'])).rejects.toThrow('There is no queue "mal"');
  });

  it('says which workers are there, idle ones too, until they end', async () => {
    const workers = processes[0]?.get(QueueWorkers);
    if (workers === undefined) throw new Error('No process was started.');
    expect(await workers.list()).toEqual([]);
    const worker = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url }),
        QueueWorkerModule.forProcessors([MailProcessor]),
      ],
    }).compile();
    await worker.init();
    const listed = await until(async () => {
      const found = await workers.list(['mail', 'file']);
      return found.length > 0 ? found : undefined;
    });
    expect(listed).toEqual([
      {
        name: expect.stringMatching(new RegExp(`:${process.pid}$`)) as string,
        startedAt: expect.any(Date) as Date,
        isStopping: false,
        silentFor: expect.any(Number) as number,
        queues: [{ queue: 'mail', concurrency: 3, isolation: undefined }],
      },
    ]);
    expect(await workers.list(['file'])).toEqual([]);
    await worker.close();
    expect(await workers.list()).toEqual([]);
  });

  it('forgets a worker that was killed', async () => {
    const workers = processes[0]?.get(QueueWorkers);
    const queues = [{ queue: 'mail', concurrency: 1, isolation: undefined }];
    const keep = (name: string) =>
      workers?.keep({ name, startedAt: new Date(), isStopping: false, queues });
    const names = async () => (await workers?.list())?.map(({ name }) => name);
    await keep('killed:1');
    expect(await names()).toEqual(['killed:1']);
    await loseTime(60_000);
    expect(await names()).toEqual([]);
    await keep('alive:2');
    expect(await names()).toEqual(['alive:2']);
    expect(await left()).toBe(1);
  });

  /** As if a minute had passed for the notes of workers. */
  async function loseTime(milliseconds: number): Promise<void> {
    const { access } = storeOf();
    if (access.kind === 'postgres') {
      await access.query(
        "UPDATE meta SET value = (split_part(value, ' ', 1)::bigint - $1) || substr(value, strpos(value, ' ')) WHERE starts_with(field, 'worker:')",
        [milliseconds],
      );
    } else if (access.kind === 'redis') {
      const prefix = access.keyPrefixOf('mail');
      await access.run((client) => client.pexpire(`${prefix}workers:note:killed:1`, 0));
    }
  }

  /** How many notes the store holds, old ones too. */
  async function left(): Promise<number> {
    const { access } = storeOf();
    if (access.kind === 'redis') {
      return access.run((client) => client.scard(`${access.keyPrefixOf('mail')}workers:names`));
    }
    if (access.kind === 'memory') return 0;
    const rows = await access.query("SELECT FROM meta WHERE starts_with(field, 'worker:')");
    return rows.length;
  }

  function storeOf(): QueueStore {
    const [first] = processes;
    if (first === undefined) throw new Error('No process was started.');
    return first.get(QueueStore);
  }
});
