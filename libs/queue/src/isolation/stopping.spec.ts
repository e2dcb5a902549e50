import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { isAlive, until } from '@libs/testing';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { createTestStore, type TestStore } from '../store/testing/each-store';
import { startProcessor } from '../testing';
import type { QueueHarness } from '../testing/queue-harness';
import { type CompiledPrograms, compilePrograms } from './testing/compile-program';
import { endOfJob } from './testing/end-of-job';
import { type ProbeJob, processProbe } from './testing/probe.contract';
import { ProcessProbe, ThreadProbe } from './testing/probe.processors';
import { type Whereabouts, whereItRuns } from './testing/where-it-runs';

const KINDS = [
  ['process', ProcessProbe],
  ['thread', ThreadProbe],
] as const;

let programs: CompiledPrograms;
let store: TestStore;
let worker: QueueHarness<ProbeJob>;

beforeAll(async () => {
  programs = await compilePrograms(
    'isolation/testing/probe.sandbox',
    'isolation/testing/probe.worker',
  );
});
afterAll(() => programs.remove());

beforeEach(async () => {
  for (const level of ['log', 'warn'] as const) {
    jest.spyOn(Logger.prototype, level).mockImplementation();
  }
  store = await createTestStore('postgres');
  process.env['PROBE_STORE'] = store.url;
});

// Fails if a child has left a connection open.
afterEach(() => store.drop());

async function start(
  processor: (typeof KINDS)[number][1],
  shutdownDeadline?: number,
): Promise<QueueHarness<ProbeJob>> {
  const sandbox = pathToFileURL(programs.path('probe.sandbox'));
  worker = await startProcessor(processor, { url: store.url, sandbox, shutdownDeadline });
  return worker;
}

describe.each(KINDS)('a worker that stops, with children of the kind "%s"', (kind, processor) => {
  it('lets their jobs finish, closes their contexts, and leaves no child', async () => {
    const log = join(programs.folder, `closed-${kind}`);
    process.env['PROBE_LOG'] = log;
    const warn = jest.spyOn(Logger.prototype, 'warn');
    await start(processor);
    // A leaked timer keeps no child alive.
    await worker.run({ do: 'leave-behind' });
    const file = join(programs.folder, `finish-${kind}`);
    const job = await worker.producer.add({ do: 'wait-for-file', name: file });
    const { pid } = await whereItRuns(worker, job);

    const closing = worker.close();
    await writeFile(file, '');
    await closing;

    expect(await readFile(log, 'utf8')).toBe(`closed ${pid}\n`);
    expect(warn).not.toHaveBeenCalledWith(expect.stringContaining('was killed'));
    if (kind === 'process') expect(isAlive(pid)).toBe(false);
    const after = await start(processor);
    expect(await after.jobs.get(job.queue, job.id)).toMatchObject({ state: 'completed' });
    await after.close();
  });

  it('kills a child whose context does not close', async () => {
    process.env['PROBE_HANGS'] = 'yes';
    const warn = jest.spyOn(Logger.prototype, 'warn');
    await start(processor);
    const job = await worker.run({ do: 'greet' });
    await worker.close();
    delete process.env['PROBE_HANGS'];
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/did not exit in time and was killed/));
    const { pid } = job.result as Whereabouts;
    if (kind === 'process') expect(isAlive(pid)).toBe(false);
  });

  it.each(['wait-for-file', 'loop'] as const)(
    'puts a job back that does not finish (%s), and the next worker runs it',
    async (action) => {
      await start(processor, 0);
      const file = join(programs.folder, `back-${kind}-${action}`);
      const job = await worker.producer.add({ do: action, name: file });
      const { pid } = await whereItRuns(worker, job);

      await worker.close();

      if (kind === 'process') expect(isAlive(pid)).toBe(false);
      await writeFile(file, '');
      const after = await start(processor, 0);
      if (action === 'loop') {
        // It loops again, in another child.
        await until(async () => (await after.jobs.get(job.queue, job.id))?.state === 'active');
      } else {
        const ended = await endOfJob(after.jobs, job);
        // The interrupted attempt does not count.
        expect(ended).toMatchObject({ state: 'completed', attempts: { made: 1 } });
      }
      await after.close();
    },
  );
});

describe('the process of a worker', () => {
  let parent: ChildProcess;
  let child: number | undefined;
  /** To add and inspect jobs. */
  let app: TestingModule;
  let producer: JobProducer<ProbeJob>;
  let jobs: JobsReader;

  beforeEach(async () => {
    app = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ url: store.url }), QueueModule.forFeature(processProbe)],
    }).compile();
    await app.init();
    producer = app.get(getJobProducerToken(processProbe), { strict: false });
    jobs = app.get(JobsReader);
    const args = [programs.path('probe.worker'), store.url, programs.path('probe.sandbox')];
    parent = spawn(process.execPath, [...args, 'process-probe'], {
      stdio: 'inherit',
      env: process.env,
      // Its own process group, as a shell gives to each command.
      detached: true,
    });
  });

  afterEach(async () => {
    if (child !== undefined && isAlive(child)) process.kill(child, 'SIGKILL');
    child = undefined;
    if (parent.exitCode === null && parent.signalCode === null) {
      parent.kill('SIGKILL');
      await once(parent, 'exit');
    }
    await app.close();
  });

  it.each(['wait-for-file', 'loop'] as const)(
    'takes its children with it when it is killed (%s)',
    async (action) => {
      const name = join(programs.folder, 'never');
      const job = await producer.add({ do: action, name });
      const { pid } = await whereItRuns({ jobs }, job);
      child = pid;
      expect(isAlive(pid)).toBe(true);

      const exit = once(parent, 'exit');
      parent.kill('SIGKILL');
      await exit;

      await until(() => !isAlive(pid), { what: 'the child to end' });
    },
  );

  it('lets running jobs finish after Ctrl-C, which the terminal sends to its children too', async () => {
    const file = join(programs.folder, 'ctrl-c');
    const job = await producer.add({ do: 'wait-for-file', name: file });
    const { pid } = await whereItRuns({ jobs }, job);
    child = pid;

    const exit = once(parent, 'exit');
    process.kill(-(parent.pid ?? 0), 'SIGINT');
    await until(() => isAlive(pid));
    await writeFile(file, '');

    expect(await exit).toEqual([0, null]);
    const ended = await jobs.get(job.queue, job.id);
    expect(ended).toMatchObject({ state: 'completed', attempts: { made: 1 } });
    expect(ended?.result as Whereabouts).toMatchObject({ pid });
    expect(isAlive(pid)).toBe(false);
  });

  it('costs a job no attempt when Ctrl-C comes while its child loads its code', async () => {
    const job = await producer.add({ do: 'greet' });
    // The child is started when its job is, and cannot have loaded yet.
    await until(async () => (await jobs.get(job.queue, job.id))?.state === 'active', {
      interval: 1,
    });
    const exit = once(parent, 'exit');
    process.kill(-(parent.pid ?? 0), 'SIGINT');

    expect(await exit).toEqual([0, null]);
    const ended = await jobs.get(job.queue, job.id);
    expect(ended).toMatchObject({ state: 'completed', attempts: { made: 1 } });
  });
});
