import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Logger, type Type } from '@nestjs/common';
import { isAlive, until } from '@libs/testing';
import type { JobHost } from '../processor/job-host';
import { Queues } from '../queues/queues';
import { createTestStore, type TestStore } from '../store/testing/each-store';
import { startProcessor } from '../testing';
import type { QueueHarness } from '../testing/queue-harness';
import { Sandbox } from './parent/sandbox';
import { type CompiledPrograms, compilePrograms } from './testing/compile-program';
import { endOfJob } from './testing/end-of-job';
import {
  type ProbeAction,
  type ProbeJob,
  TIME_LIMIT,
  timedProcess,
} from './testing/probe.contract';
import {
  BrokenProbe,
  ProcessProbe,
  SmallProcess,
  SmallThread,
  ThreadProbe,
  TimedProcess,
  TimedThread,
} from './testing/probe.processors';
import { type Whereabouts, whereItRuns } from './testing/where-it-runs';

let programs: CompiledPrograms;
let store: TestStore;
let worker: QueueHarness<ProbeJob>;
let said: jest.SpyInstance;

beforeAll(async () => {
  programs = await compilePrograms('isolation/testing/probe.sandbox');
});
afterAll(() => programs.remove());

beforeEach(async () => {
  for (const level of ['log', 'warn'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation();
  said = jest.spyOn(Logger.prototype, 'error').mockImplementation();
  store = await createTestStore('postgres');
  process.env['PROBE_STORE'] = store.url;
});

afterEach(async () => {
  await worker.close().finally(() => store.drop());
});

async function start(processor: Type<JobHost<ProbeJob>>): Promise<void> {
  const sandbox = pathToFileURL(programs.path('probe.sandbox'));
  worker = await startProcessor(processor, { url: store.url, sandbox });
}

describe('a job that ends its child', () => {
  it.each([
    [
      ProcessProbe,
      {
        crash: 'signal SIGSEGV. Native code accessed memory',
        exit: 'exit code 3, as after process.exit().',
        'not-catch': 'an error was not caught in it: nobody caught me',
        reject: 'an error was not caught in it: nobody awaited me',
      },
    ],
    [
      ThreadProbe,
      {
        exit: 'exit code 3, as after process.exit().',
        'not-catch': 'an error was not caught in it: nobody caught me',
      },
    ],
    [SmallProcess, { 'fill-memory': 'memory is used up. Its memoryLimit is 64 MB: raise it' }],
    [SmallThread, { 'fill-memory': 'it ran out of memory. Its memoryLimit is 64 MB: raise it' }],
  ])('fails with the reason, and harms no other job: %p', async (processor, reasons) => {
    await start(processor);
    const file = join(programs.folder, processor.name);
    const other = await worker.producer.add({ do: 'wait-for-file', name: file });
    await whereItRuns(worker, other);

    for (const [action, reason] of Object.entries(reasons) as [ProbeAction, string][]) {
      const crashed = await worker.run({ do: action });
      expect(crashed).toMatchObject({ state: 'failed', attempts: { made: 1 } });
      expect(crashed.failure).toContain(` that ran job ${crashed.queue} ${crashed.id} ended`);
      expect(crashed.failure).toContain(reason);
    }

    await writeFile(file, '');
    expect(await endOfJob(worker.jobs, other)).toMatchObject({
      state: 'completed',
      attempts: { made: 1 },
    });
  });

  it('is tried again, in a new child', async () => {
    await start(ProcessProbe);
    const file = join(programs.folder, 'crashed-once');
    const job = await worker.run({ do: 'crash-once', name: file }, { attempts: 2 });
    expect(job).toMatchObject({ state: 'completed', attempts: { made: 2 } });
    const crashedIn = Number(await readFile(file, 'utf8'));
    expect(job.result).not.toMatchObject({ pid: crashedIn });
    expect(isAlive(crashedIn)).toBe(false);
  });
});

describe('a job that leaves code running, which ends its child later', () => {
  it('is named in the failure of the job that runs there then', async () => {
    await start(ProcessProbe);
    const file = join(programs.folder, 'late-crash');
    const first = await worker.run({ do: 'leave-a-crash', name: file });
    expect(first).toMatchObject({ state: 'completed' });
    const next = await worker.producer.add({ do: 'hold' });
    await whereItRuns(worker, next);
    await writeFile(file, '');
    expect((await endOfJob(worker.jobs, next))?.failure).toContain(
      `an error was not caught in it, in code that job ${first.queue} ${first.id} had left running: too late to catch me`,
    );
  });
});

describe('a job that does not end', () => {
  it.each([
    ['burn', TimedProcess],
    ['burn', TimedThread],
    ['ignore-abort', TimedProcess],
  ] as const)(
    '(%s) in %p is ended by force at its timeout, and the next one gets a new child',
    async (action, processor) => {
      await start(processor);
      const warm = await worker.run({ do: 'greet' });
      const endless = await worker.run({ do: action });
      expect(endless).toMatchObject({ state: 'failed', attempts: { made: 1 } });
      expect(endless.failure).toBe(
        `Job ${endless.queue} ${endless.id} did not end within ${TIME_LIMIT} ms. ` +
          'It ignored its abort signal as well, so its sandbox was killed.',
      );
      const next = await worker.run({ do: 'greet' });
      const [before, after] = [warm, next].map(({ result }) => result as Whereabouts);
      expect(after).not.toMatchObject({ pid: before?.pid, thread: before?.thread });
      if (processor === TimedProcess) expect(isAlive(before?.pid ?? 0)).toBe(false);
    },
  );

  it('is told so first, and may end by itself', async () => {
    await start(TimedProcess);
    const warm = await worker.run({ do: 'greet' });
    const held = await worker.run({ do: 'hold' });
    expect(held).toMatchObject({
      state: 'failed',
      failure: `Job ${held.queue} ${held.id} did not end within ${TIME_LIMIT} ms.`,
    });
    const { logs } = await worker.app.get(Queues).open(timedProcess).getJobLogs(held.id);
    expect(logs).toEqual(['aborted: JobTimeoutError']);
    const next = await worker.run({ do: 'greet' });
    expect(next.result).toMatchObject({ pid: (warm.result as Whereabouts).pid });
  });
});

describe('a child that takes long to start', () => {
  it('takes nothing of the time that its job has', async () => {
    process.env['PROBE_START_DELAY'] = String(TIME_LIMIT + 500);
    try {
      await start(TimedProcess);
      const job = await worker.run({ do: 'greet' });
      expect(job).toMatchObject({ state: 'completed', attempts: { made: 1 } });
    } finally {
      delete process.env['PROBE_START_DELAY'];
    }
  });

  it.each(['process', 'thread'] as const)('is ended after a while (%s)', async (kind) => {
    await start(ProcessProbe);
    const file = join(programs.folder, 'never-ready.cjs');
    await writeFile(file, 'setInterval(() => undefined, 1_000);');
    const entry = pathToFileURL(file);
    const sandbox = new Sandbox({ processor: 'slow', isolation: { kind }, entry, startLimit: 300 });
    await expect(sandbox.ready).rejects.toThrow(
      'The sandbox for "slow" jobs did not start: it was not ready after 300 ms. Something in its module waits',
    );
    await sandbox.ended;
    expect(sandbox.isAlive).toBe(false);
  });
});

describe('a processor that cannot be made in its child', () => {
  it('fails its jobs with the reason, which is logged once, and is not tried again without a pause', async () => {
    await start(BrokenProbe);
    const begin = Date.now();
    const failed = await worker.run({ do: 'greet' }, { attempts: 2 });
    expect(failed).toMatchObject({ state: 'failed', attempts: { made: 2 } });
    expect(failed.failure).toMatch(
      /^The sandbox for "broken-probe" jobs did not start: Nest can't resolve dependencies of the BrokenProbe/,
    );
    // One second after the first start.
    expect(Date.now() - begin).toBeGreaterThanOrEqual(1_000);
    await until(() =>
      said.mock.calls.some(([line]) => String(line).includes('failed permanently')),
    );
    const starts = said.mock.calls.filter(([line]) => String(line).includes('did not start'));
    // The second is the end of the job itself.
    expect(starts.map(([line]) => String(line).split(':')[0])).toEqual([
      'The sandbox for "broken-probe" jobs did not start',
      expect.stringMatching(/^Job \d+ failed permanently \(attempt 2 of 2\)/),
    ]);
  });
});
