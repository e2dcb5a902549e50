import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { InterruptibleProxy, until } from '@libs/testing';
import { z } from 'zod';
import { JobHost, JobProcessor } from '../../consumer';
import { defineJob } from '../../contract/define-job';
import {
  createTestStore,
  describeOnEachStore,
  type TestStore,
} from '../../store/testing/each-store';
import { startProcessor } from '../../testing';
import { hasEnded } from '../../queues/job-snapshot';
import { JobsReader } from '../../reader/jobs-reader';

const quietJob = defineJob({ name: 'quiet', data: z.object({}) });

@JobProcessor(quietJob)
class QuietProcessor extends JobHost<typeof quietJob> {
  async handle() {
    await Promise.resolve();
  }
}

describeOnEachStore('a process that has watched a job, and loses its store', (kind) => {
  let store: TestStore;
  let proxy: InterruptibleProxy;

  beforeEach(async () => {
    jest.spyOn(Logger.prototype, 'log').mockImplementation();
    store = await createTestStore(kind);
    proxy = await InterruptibleProxy.before(store.url);
  });

  afterEach(async () => {
    await proxy.close();
    await store.drop();
  });

  // The test environment detects leaked handles after the last test.
  it('is not kept alive by the reader of events once it has stopped', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const { app, producer } = await startProcessor(QuietProcessor, { url: proxy.url });
    const { worker } = app.get(QuietProcessor, { strict: false });
    const stored = once(worker, 'completed');
    const { queue, id } = await producer.add({});
    for await (const snapshot of app.get(JobsReader).watch(queue, id)) {
      if (hasEnded(snapshot)) break;
    }
    // Others see the end of the job before its worker has the answer, which it would wait for.
    await stored;
    proxy.refuse();
    await until(() => warn.mock.calls.some(([line]) => String(line).includes('cannot be reached')));
    await app.close();
  });
});
