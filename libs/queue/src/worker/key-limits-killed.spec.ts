import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '@libs/testing';
import type { JobContext } from '../attempt/job-context';
import { type CompiledPrograms, compilePrograms } from '../isolation/testing/compile-program';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { createTestStore, describeOnEachStore } from '../store/testing/each-store';
import { startProcessor } from '../testing';
import { slotJob, SOON } from './testing/key-limit.contract';

const attempts: number[] = [];
let running = 0;
let most = 0;

@JobProcessor(slotJob, { concurrency: 4, ...SOON })
class SlotProcessor extends JobHost<typeof slotJob> {
  async handle({ attempt }: JobContext<typeof slotJob>) {
    running += 1;
    most = Math.max(most, running);
    attempts.push(attempt);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  }
}

/** A process starts, and waits for a lock; a busy machine takes long. */
jest.setTimeout(120_000);

let programs: CompiledPrograms;

beforeAll(async () => {
  programs = await compilePrograms('worker/testing/key-limit.worker');
});

afterAll(() => programs.remove());

describeOnEachStore('the slot of a job', (kind) => {
  it('comes back when its worker is killed, costs the job no attempt, and is never taken twice', async () => {
    attempts.length = 0;
    most = 0;
    const store = await createTestStore(kind);
    const harness = await startProcessor(SlotProcessor, { url: store.url });
    const { worker } = harness.app.get(SlotProcessor, { strict: false });
    await worker.pause();
    const program = [programs.path('key-limit.worker'), store.url];
    const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const added = await harness.producer.addBulk(
      Array.from({ length: 5 }, () => ({ data: { tenant: 'a' } })),
    );
    await until(() => output.includes('begins'));
    child.kill('SIGKILL');
    await once(child, 'exit');
    // It had one of them, and the others waited.
    expect(output).toBe('begins\n');

    await worker.resume();
    const states = () =>
      Promise.all(added.map(async ({ id }) => (await harness.jobs.get('slot', id))?.state));
    await until(async () => (await states()).every((state) => state === 'completed'));
    expect(attempts).toEqual([1, 1, 1, 1, 1]);
    expect(most).toBe(1);
    await harness.close();
    await store.drop();
  });
});
