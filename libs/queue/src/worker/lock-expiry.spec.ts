import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { until } from '@libs/testing';
import { type CompiledPrograms, compilePrograms } from '../isolation/testing/compile-program';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { type QueueHarness, startProcessor } from '../testing';
import type { JobContext } from '../attempt/job-context';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { LOCK, lockJob } from './testing/lock.contract';

/** Another worker, with a free event loop. */
@JobProcessor(lockJob, LOCK)
class SecondProcessor extends JobHost<typeof lockJob> {
  readonly attempts: number[] = [];

  handle({ attempt }: JobContext<typeof lockJob>) {
    this.attempts.push(attempt);
    return { by: 'the second' };
  }
}

/** Three processes start and wait for locks; a busy machine takes long. */
jest.setTimeout(180_000);

let programs: CompiledPrograms;

beforeAll(async () => {
  programs = await compilePrograms('worker/testing/lock.worker', 'worker/testing/lock.sandbox');
});

afterAll(() => programs.remove());

describeOnEachStore('the lock of a job whose worker has another one beside it', (kind) => {
  let store: TestStore;
  let first: ChildProcessByStdio<null, Readable, Readable>;
  let output: string;
  let file: string;
  let second: QueueHarness<typeof lockJob>;
  let processor: SecondProcessor;

  beforeEach(async () => {
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    store = await createTestStore(kind);
    file = join(programs.folder, `${kind}-${performance.now()}`);
  });

  afterEach(async () => {
    await writeFile(file, '');
    await second.close();
    first.kill();
    if (first.exitCode === null) await once(first, 'exit');
    await store.drop();
  });

  const renewals = () => output.split('renewed').length - 1;

  function startFirst(...sandbox: string[]): void {
    const program = [programs.path('lock.worker'), store.url, ...sandbox];
    const env = { ...process.env, LOCK_FILE: file };
    first = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'], env });
    output = '';
    for (const stream of [first.stdout, first.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
  }

  /** The first worker starts a job, and then the second polls. */
  async function begin(waits: 'blocking' | 'listening', ...sandbox: string[]): Promise<string> {
    startFirst(...sandbox);
    second = await startProcessor(SecondProcessor, { url: store.url });
    processor = second.app.get(SecondProcessor, { strict: false });
    await processor.worker.pause();
    const { id } = await second.producer.add({ waits });
    await until(() => output.includes('begins'));
    await processor.worker.resume();
    return id;
  }

  const ended = (id: string) =>
    until(async () => (await second.jobs.get('lock', id))?.state === 'completed');

  it('expires if the job blocks its event loop: the job runs a second time, and only that one counts', async () => {
    const id = await begin('blocking');
    await ended(id);
    // Not a retry: no attempt has failed.
    expect(processor.attempts).toEqual([1]);

    await writeFile(file, '');
    // The first has done the work as well, and learns that the job is no longer its own.
    await until(() =>
      /(Missing lock for|Lock mismatch for|not in the active state).*/.test(output),
    );
    expect(await second.jobs.get('lock', id)).toMatchObject({
      state: 'completed',
      result: { by: 'the second' },
      attempts: { made: 1 },
    });
  });

  it.each([
    ['the job waits for something', 'listening', false],
    ['the job blocks the event loop of a child, which is not that of its worker', 'blocking', true],
  ] as const)('is renewed while %s: it runs once, however long', async (_, waits, isolated) => {
    const id = await begin(waits, ...(isolated ? [programs.path('lock.sandbox')] : []));
    // By the fifth renewal an unrenewed lock would have expired, and the second would have the job.
    await until(() => renewals() >= 5);
    expect(processor.attempts).toEqual([]);

    await writeFile(file, '');
    await ended(id);
    expect(await second.jobs.get('lock', id)).toMatchObject({ result: { by: 'the first' } });
    expect(processor.attempts).toEqual([]);
  });
});
