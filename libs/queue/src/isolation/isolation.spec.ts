import { Logger } from '@nestjs/common';
import type { QueueHarness } from '../testing/queue-harness';
import { startProcessor } from '../testing';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { type CompiledSandbox, compileSandbox } from './testing/compile-sandbox';
import type { ProbeJob } from './testing/probe.contract';
import { ProcessProbe, ThreadProbe } from './testing/probe.processors';

let sandbox: CompiledSandbox;
beforeAll(async () => {
  jest.spyOn(Logger.prototype, 'log').mockImplementation();
  sandbox = await compileSandbox('probe.sandbox.ts');
});
afterAll(() => sandbox.remove());

describeOnEachStore('an isolated processor', (storeKind) => {
  describe.each([
    ['process', ProcessProbe],
    ['thread', ThreadProbe],
  ] as const)('in a %s', (kind, processor) => {
    let store: TestStore;
    let worker: QueueHarness<ProbeJob>;

    beforeAll(async () => {
      store = await createTestStore(storeKind);
      process.env['PROBE_STORE'] = store.url;
      worker = await startProcessor(processor, { url: store.url, sandbox: sandbox.entry });
    });

    afterAll(async () => {
      await worker.close();
      await store.drop();
    });

    it('has its dependencies injected, and runs outside of the event loop of the worker', async () => {
      const job = await worker.run({ do: 'greet', name: 'Ada' });
      expect(job).toMatchObject({
        state: 'completed',
        failure: undefined,
        result: { greeting: 'Hello Ada' },
      });
      const { pid, thread } = job.result as { pid: number; thread: number };
      if (kind === 'process') expect(pid).not.toBe(process.pid);
      else expect([pid, thread > 0]).toEqual([process.pid, true]);
    });
  });
});
