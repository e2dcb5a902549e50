import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import { InterruptibleProxy, type OtlpReceiver, startOtlpReceiver, until } from '@libs/testing';
import { DeadJobs } from '../dead/dead-jobs';
import { type CompiledPrograms, compilePrograms } from '../isolation/testing/compile-program';
import { QueueModule } from '../module/queue.module';
import { Queues } from '../queues/queues';
import { JobsReader } from '../reader/jobs-reader';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { crashJob, steadyJob, type WAYS } from './testing/crash.contract';
import { SupervisedWorker } from './testing/supervised-worker';

/** Several processes start one after the other; a busy machine takes long. */
jest.setTimeout(180_000);

/** How a job ends the process, its exit code, and the reason that is given. */
type Ending = readonly [way: (typeof WAYS)[number], code: number, reason: string];

const TIMER: Ending = ['timer', 1, 'an error was not caught: broken timer'];
const EXIT: Ending = ['exit', 3, 'process.exit(3) was called'];
const OTHERS: readonly Ending[] = [
  ['rejection', 1, 'an error was not caught: broken rejection'],
  ['stream', 1, "an error was not caught: ENOENT: no such file or directory, open '/nowhere/"],
];

let programs: CompiledPrograms;
let collector: OtlpReceiver;

beforeAll(async () => {
  [programs, collector] = await Promise.all([
    compilePrograms('worker/testing/crash.worker'),
    startOtlpReceiver(),
  ]);
});

afterAll(() => Promise.all([programs.remove(), collector.close()]));

describeOnEachStore('a job that ends the process of its worker', (kind) => {
  let store: TestStore;
  let app: TestingModule;
  let crashes: Queue;
  let steady: Queue;
  let jobs: JobsReader;
  let worker: SupervisedWorker;
  let file: string;
  // What detects the end knows no store, and what is stored does not depend on the kind of error. Each crash costs
  // the start of a process.
  const isFirst = kind === 'postgres';
  const endings = isFirst ? [TIMER, EXIT, ...OTHERS] : [TIMER];

  // One for all tests: after a crash it has started again.
  beforeAll(async () => {
    store = await createTestStore(kind);
    file = join(programs.folder, kind);
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url }),
        QueueModule.forFeature(crashJob, steadyJob),
      ],
    }).compile();
    await app.init();
    [crashes, steady] = [app.get(Queues).open(crashJob), app.get(Queues).open(steadyJob)];
    jobs = app.get(JobsReader);
    const program = [programs.path('crash.worker'), store.url];
    worker = new SupervisedWorker(program, {
      CRASH_FILE: file,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      // Nothing is sent but at an end.
      OTEL_BSP_SCHEDULE_DELAY: '600000',
    });
  });

  afterAll(async () => {
    await worker.stop();
    await app.close();
    await store.drop();
  });

  beforeEach(async () => {
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    await rm(file, { force: true });
    worker.forget();
  });

  /** Jobs of another processor that run in the same process. */
  async function runBeside(count: number): Promise<string[]> {
    const numbers = Array.from({ length: count }, (_, number) => number);
    const added = await steady.addBulk(
      numbers.map((number) => ({ name: 'steady', data: { number } })),
    );
    await until(async () => (await steady.getActiveCount()) === count);
    return added.map(({ id = '' }) => id);
  }

  async function crash(way: (typeof WAYS)[number], attempts?: number): Promise<string> {
    const { id = '' } = await crashes.add('crash', { way, attempts });
    return id;
  }

  /** Ends the pause before its next attempt. */
  async function retryNow(id: string): Promise<void> {
    await until(async () => (await crashes.getJobState(id)) === 'delayed');
    const job = await crashes.getJob(id);
    expect(job?.delay).toBeGreaterThanOrEqual(5_000);
    await job?.promote();
  }

  const isIn = async (queue: Queue, id: string, state: string) =>
    (await queue.getJobState(id)) === state;

  it.each(endings)(
    'is named, waits, and is buried the second time: %s',
    async (way, code, reason) => {
      const others = await runBeside(4);
      const id = await crash(way);
      await until(() => worker.ends.length === 1);
      expect(worker.ends).toEqual([code]);
      expect(worker.output).toContain(`Job crash ${id} ends this process: ${reason}`);
      // What was recorded was sent before the end.
      const attempt = collector.spans.find(
        ({ name, attributes }) =>
          name === 'process crash' && attributes['messaging.message.id'] === id,
      );
      expect(attempt?.isError).toBe(true);
      expect(attempt?.errors.join()).toContain(reason.replace('an error was not caught: ', ''));
      expect(await jobs.get('crash', id)).toMatchObject({
        state: 'delayed',
        attempts: { made: 1 },
        failure: expect.stringContaining(
          `Job crash ${id} ended its worker's process: ${reason}`,
        ) as string,
      });

      await retryNow(id);
      await until(() => worker.ends.length === 2);
      await until(() => isIn(crashes, id, 'failed'));
      expect(await app.get(DeadJobs).get('crash', id)).toMatchObject({
        attempts: { made: 2, max: 5 },
        failure: expect.stringContaining(
          'It has done so 2 times, so it is not run again',
        ) as string,
        stack: expect.stringContaining('Caused by Error: ') as string,
        history: [{ attempt: 1 }, { attempt: 2 }],
      });

      await writeFile(file, '');
      for (const other of others) {
        await until(() => isIn(steady, other, 'completed'));
        const job = await steady.getJob(other);
        expect(job).toMatchObject({ attemptsMade: 1, stalledCounter: 0 });
      }
      expect(worker.ends).toHaveLength(2);
    },
  );

  if (isFirst) {
    it('is named although it had ended, and those that run are not counted', async () => {
      const others = await runBeside(2);
      const id = await crash('late');
      await until(() => worker.ends.length === 1);
      expect(worker.output).toContain(
        `Job crash ${id}, which had ended, ends this process with code that it left running: an error was not caught: broken late.`,
      );
      expect(await jobs.get('crash', id)).toMatchObject({ state: 'completed' });
      await writeFile(file, '');
      for (const other of others) {
        await until(() => isIn(steady, other, 'completed'));
        expect(await steady.getJob(other)).toMatchObject({ attemptsMade: 1, stalledCounter: 0 });
      }
      expect(worker.ends).toEqual([1]);
    });

    it('is the only one that can have done it if no other one runs', async () => {
      const id = await crash('outside');
      await until(() => worker.ends.length === 1);
      expect(worker.output).toContain(`Job crash ${id} ends this process: `);
      await retryNow(id);
      await until(() => worker.ends.length === 2);
      await until(() => isIn(crashes, id, 'failed'));
    });
  }

  it('is one of several: it is buried when it is known which one did it, and no other one is', async () => {
    const others = await runBeside(3);
    const id = await crash('outside');
    await until(() => worker.ends.length === 1);
    const running = [`crash ${id}`, ...others.map((other) => `steady ${other}`)].join(', ');
    expect(worker.output).toContain(
      `One of these jobs ends this process, it is unknown which: ${running}.`,
    );
    const { logs } = await crashes.getJobLogs(id);
    expect(logs).toEqual([
      expect.stringContaining(
        `its worker's process ended while it ran: an error was not caught: broken outside. Which job did it is unknown; these ran too: steady`,
      ),
    ]);

    await writeFile(file, '');
    await retryNow(id);
    await until(() => worker.ends.length === 2);
    await until(() => isIn(crashes, id, 'failed'));
    expect(await jobs.get('crash', id)).toMatchObject({
      attempts: { made: 2 },
      failure: expect.stringContaining('ended its worker') as string,
    });
    for (const other of others) {
      await until(() => isIn(steady, other, 'completed'));
      expect(await steady.getJob(other)).toMatchObject({ attemptsMade: 1 });
    }
  });

  it('leaves no trace if it is killed: what has lost its worker twice runs alone', async () => {
    const ids = await runBeside(3);
    const begun = () => worker.output.split('steady job begins').length - 1;
    await until(() => begun() === 3);
    worker.kill();
    await until(() => begun() === 6);
    worker.kill();
    await until(async () => (await steady.getActiveCount()) === 3 && begun() === 7);
    expect(worker.output).toContain('has lost its worker 2 times, and may be what ends it');
    await writeFile(file, '');
    for (const id of ids) await until(() => isIn(steady, id, 'completed'));
    expect(begun()).toBe(9);
  });

  it('is named although the store does not answer, and the process ends nevertheless', async () => {
    const proxy = await InterruptibleProxy.before(store.url);
    await worker.stop();
    worker = new SupervisedWorker([programs.path('crash.worker'), proxy.url], { CRASH_FILE: file });
    const [other = ''] = await runBeside(1);
    const id = await crash('late');
    await until(() => isIn(crashes, id, 'completed'));
    proxy.halt();
    await until(() => worker.ends.length === 1);
    expect(worker.output).toContain(`Job crash ${id}, which had ended, ends this process`);
    expect(worker.output).not.toContain('Requeued');
    proxy.resume();
    await writeFile(file, '');
    await until(() => isIn(steady, other, 'completed'));
    await worker.stop();
    await proxy.close();
  });
});
