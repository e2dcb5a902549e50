import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { type Job, type Queue, Worker } from 'bullmq';
import { until } from '@libs/testing';
import { QueueWorkerModule } from '../module/queue-worker.module';
import type { JobInput } from '../contract/job-contract';
import { QueueModule } from '../module/queue.module';
import { Queues } from '../queues/queues';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import type { JobSnapshot } from '../queues/job-snapshot';
import { JobsReader } from '../reader/jobs-reader';
import { QueueStore } from '../store/queue-store';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { startProcessor } from '../testing';
import type { QueueHarness } from '../testing/queue-harness';
import { type CompiledPrograms, compilePrograms } from './testing/compile-program';
import { endOfJob } from './testing/end-of-job';
import {
  noteJob,
  plainProbe,
  type ProbeJob,
  processProbe,
  replyJob,
  threadProbe,
} from './testing/probe.contract';
import {
  ParentProbe,
  probes,
  ProcessProbe,
  ThreadProbe,
  WarmProbe,
} from './testing/probe.processors';
import { type Whereabouts, whereItRuns } from './testing/where-it-runs';

let programs: CompiledPrograms;
beforeAll(async () => {
  jest.spyOn(Logger.prototype, 'log').mockImplementation();
  programs = await compilePrograms('isolation/testing/probe.sandbox');
});
afterAll(() => programs.remove());

describeOnEachStore('an isolated processor', (storeKind) => {
  it('has the results and failures of children', async () => {
    const store = await createTestStore(storeKind);
    const sandbox = pathToFileURL(programs.path('probe.sandbox'));
    process.env['PROBE_STORE'] = store.url;
    const worker = await startProcessor(ParentProbe, { url: store.url, sandbox });
    const running = worker.run({}, { children: { replies: [{ data: {} }, { data: {} }] } });
    const replies = worker.app.get(Queues).open(replyJob);
    const elsewhere = new Worker('reply', null, {
      connection: worker.app.get(QueueStore),
      autorun: false,
    });
    const first = await until(() => elsewhere.getNextJob('token'));
    await first.moveToCompleted({ at: '2027-01-01T00:00:00.000Z' }, 'token', false);
    const [second] = await replies.getJobs(['waiting']);
    await second?.remove();
    await elsewhere.close();
    const { result } = await running;
    expect(result).toMatchObject({ replies: ['2027', 'It was removed before it had ended.'] });
    expect(result).not.toMatchObject({ pid: process.pid });
    await worker.close();
    await store.drop();
  });

  it('is ready before its first job if it is kept warm', async () => {
    const store = await createTestStore(storeKind);
    const sandbox = pathToFileURL(programs.path('probe.sandbox'));
    process.env['PROBE_STORE'] = store.url;
    const log = jest.spyOn(Logger.prototype, 'log').mockClear();
    const worker = await startProcessor(WarmProbe, { url: store.url, sandbox });
    const ready = () =>
      log.mock.calls.flatMap(([line]) => /Sandbox process (\d+) is ready/.exec(String(line)) ?? []);
    await until(() => ready().length > 0);
    const { result } = await worker.run({ do: 'greet', name: 'Ada' });
    expect(ready()[1]).toBe(String((result as Whereabouts).pid));
    await worker.close();
    await store.drop();
  });

  describe.each([
    ['process', ProcessProbe],
    ['thread', ThreadProbe],
  ] as const)('in a %s', (kind, processor) => {
    let store: TestStore;
    let worker: QueueHarness<ProbeJob>;
    let queue: Queue;

    beforeAll(async () => {
      store = await createTestStore(storeKind);
      process.env['PROBE_STORE'] = store.url;
      const sandbox = pathToFileURL(programs.path('probe.sandbox'));
      worker = await startProcessor(processor, { url: store.url, sandbox });
      const queues = worker.app.get(Queues);
      queues.open(noteJob);
      queue = queues.find(`${kind}-probe`) as Queue;
    });

    // Fails if a child has left a connection open.
    afterAll(async () => {
      await worker.close();
      await store.drop();
    });

    /** The job as stored by BullMQ. */
    const stored = async ({ id }: JobSnapshot) => (await queue.getJob(id)) as Job;

    it('has its dependencies injected, and runs outside of the event loop of the worker', async () => {
      const job = await worker.run({ do: 'greet', name: 'Ada' });
      expect(job).toMatchObject({
        state: 'completed',
        failure: undefined,
        result: { greeting: 'Hello Ada' },
      });
      const { pid, thread } = job.result as Whereabouts;
      if (kind === 'process') expect(pid).not.toBe(process.pid);
      else expect([pid, thread > 0]).toEqual([process.pid, true]);
    });

    it('gets data as the schema makes it, and returns what the schema makes of its result', async () => {
      const day = '2026-11-24T00:00:00.000Z';
      const greeted = await worker.run({ do: 'greet', day });
      expect(greeted.result).toMatchObject({
        greeting: 'Hello nobody',
        details: { day: Date.parse(day) },
      });
      expect(await stored(greeted)).toMatchObject({ data: { do: 'greet', day } });
    });

    it('does not see data that breaks the contract, and fails at once with a result that does', async () => {
      const { id = '' } = await queue.add(`${kind}-probe`, { do: 'dance' }, { attempts: 3 });
      const job = await endOfJob(worker.jobs, { queue: queue.name, id });
      expect(job).toMatchObject({ state: 'failed', attempts: { made: 1 } });
      expect(job?.failure).toContain('was not run, its data breaks the contract: do: ');
      const wrong = await worker.run({ do: 'wrong-result' }, { attempts: 3 });
      expect(wrong).toMatchObject({ state: 'failed', attempts: { made: 1 } });
      expect(wrong.failure).toContain('ran, but its result breaks the contract: details: ');
    });

    it('reports progress, and keeps lines with its job', async () => {
      const job = await worker.run({ do: 'greet', name: 'Ada' });
      const { pid, thread } = job.result as Whereabouts;
      expect(job.progress).toEqual({ pid, thread });
      const { logs } = await queue.getJobLogs(job.id);
      expect(logs).toEqual(['attempt 1 of Ada']);
    });

    it('has its job, with the methods that make sense there, and is told of the others', async () => {
      const job = await worker.run({ do: 'use-job' });
      const { details } = job.result as { details: Record<string, unknown> };
      expect(details).toMatchObject({
        id: job.id,
        queue: `${kind}-probe`,
        added: job.enqueuedAt.getTime(),
        attempts: 1,
        data: { do: 'use-job', name: 'renamed' },
        progress: job.progress,
        json: { id: job.id, name: `${kind}-probe` },
        state: 'active',
        refused: expect.stringMatching(
          /^job\.moveToDelayed\(\) cannot be called in a sandbox/,
        ) as string,
      });
      expect(await stored(job)).toMatchObject({ data: { name: 'renamed' } });
    });

    it('fails with the error and the stack of its handler', async () => {
      const job = await worker.run({ do: 'throw' });
      expect(job).toMatchObject({ state: 'failed', failure: 'no luck' });
      const { stacktrace } = await stored(job);
      expect(stacktrace?.[0]).toMatch(/TypeError: no luck\n +at .*probe\.sandbox\.js/);
    });

    it('gives up, or tries again later, when its handler says so', async () => {
      const givenUp = await worker.run({ do: 'give-up' }, { attempts: 3 });
      expect(givenUp).toMatchObject({
        state: 'failed',
        failure: 'never again',
        attempts: { made: 1 },
      });
      const backoff = 600_000;
      const later = await worker.run({ do: 'retry-later' }, { attempts: 2, backoff });
      expect(later).toMatchObject({ state: 'completed', result: { details: { attempt: 2 } } });
    });

    it('adds jobs itself', async () => {
      const job = await worker.run({ do: 'enqueue', name: 'remember' });
      const { details } = job.result as { details: { queue: string; id: string } };
      const note = await worker.jobs.get(details.queue, details.id);
      expect(note).toMatchObject({ queue: 'note', state: 'waiting' });
    });

    it('may leave behind what still writes to the log of its job, while the next one runs', async () => {
      const left = await worker.run({ do: 'leave-behind' });
      const file = join(programs.folder, `${storeKind}-${kind}-late`);
      const next = await worker.producer.add({ do: 'wait-for-file', name: file });
      await whereItRuns(worker, next);
      await until(async () => (await queue.getJobLogs(left.id)).count > 0);
      expect((await queue.getJobLogs(left.id)).logs).toEqual(['late']);
      await writeFile(file, '');
      expect(await endOfJob(worker.jobs, next)).toMatchObject({ state: 'completed' });
      expect((await queue.getJobLogs(next.id)).count).toBe(0);
    });

    it('is used again for the next job, and is there once for each that runs at the same time', async () => {
      const file = join(programs.folder, `${storeKind}-${kind}-go`);
      const data = { do: 'wait-for-file', name: file } as const;
      const added = await worker.producer.addBulk([{ data }, { data }]);
      const both = await Promise.all(added.map((job) => whereItRuns(worker, job)));
      expect(new Set(both.map(({ pid, thread }) => `${pid} ${thread}`)).size).toBe(2);
      await writeFile(file, '');
      const next = await worker.run({ do: 'greet' });
      const { pid, thread } = next.result as Whereabouts;
      expect(both).toContainEqual({ pid, thread });
    });
  });
});

describe('a worker with several processors', () => {
  let store: TestStore;
  let app: TestingModule;

  beforeAll(async () => {
    store = await createTestStore('postgres');
    process.env['PROBE_STORE'] = store.url;
    const sandbox = pathToFileURL(programs.path('probe.sandbox'));
    const names = ['process-probe', 'thread-probe', 'plain-probe'] as const;
    const worker = await QueueWorkerModule.load(probes, { select: names, sandbox });
    const queues = QueueModule.forRoot({ url: store.url });
    const features = QueueModule.forFeature(processProbe, threadProbe, plainProbe);
    app = await Test.createTestingModule({ imports: [queues, features, worker] }).compile();
    await app.init();
  });

  afterAll(async () => {
    await app.close();
    await store.drop();
  });

  /** One job each. */
  const addToEach = (data: JobInput<ProbeJob>) =>
    Promise.all(
      [processProbe, threadProbe, plainProbe].map((probe) =>
        app.get<JobProducer<ProbeJob>>(getJobProducerToken(probe), { strict: false }).add(data),
      ),
    );

  async function ended({ queue, id }: { queue: string; id: string }): Promise<JobSnapshot> {
    let last: JobSnapshot | undefined;
    for await (const job of app.get(JobsReader).watch(queue, id)) last = job;
    return last as JobSnapshot;
  }

  it('runs each where it belongs: in a process, in a thread, or itself', async () => {
    const jobs = await Promise.all((await addToEach({ do: 'greet' })).map(ended));
    const [inProcess, inThread, plain] = jobs.map(({ result }) => result as Whereabouts);
    expect(inProcess?.pid).not.toBe(process.pid);
    expect(inThread).toMatchObject({ pid: process.pid });
    expect(plain).toMatchObject({ pid: process.pid, thread: 0 });
    expect(inThread?.thread).toBeGreaterThan(0);
  });

  it('does not suspect an isolated one when its own event loop is blocked', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const file = join(programs.folder, 'blocked-go');
    const added = await addToEach({ do: 'wait-for-file', name: file });
    const jobs = app.get(JobsReader);
    await Promise.all(added.map((job) => whereItRuns({ jobs }, job)));

    const end = performance.now() + 1_300;
    while (performance.now() < end);
    const blocked = () => warn.mock.calls.map(String).find((line) => line.includes('was blocked'));
    await until(() => blocked() !== undefined);
    expect(blocked()).toContain(`while plain-probe ${added[2]?.id} ran`);

    await writeFile(file, '');
    await Promise.all(added.map(ended));
  });
});
