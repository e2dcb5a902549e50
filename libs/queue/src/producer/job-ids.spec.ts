import { QueueKeys } from 'bullmq';
import * as z from 'zod';
import { JobHost, JobProcessor } from '../consumer';
import { defineJob } from '../contract/define-job';
import { JobOptionError } from '../limits/invalid-option.errors';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { type QueueHarness, startProcessor } from '../testing/queue-harness';

const orderJob = defineJob({ name: 'order', data: z.object({}) });

@JobProcessor(orderJob)
class OrderProcessor extends JobHost<typeof orderJob> {
  handle() {}
}

/** Incompressible, so that an index of Postgres has it in full. */
const noise = (length: number) =>
  Array.from({ length }, (_, at) => String.fromCharCode(33 + ((at * at * 31 + at * 7_919) % 89)))
    .join('')
    .replaceAll(':', '_');

describeOnEachStore('the id of a job', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof orderJob>;

  beforeAll(async () => {
    store = await createTestStore(kind);
    harness = await startProcessor(OrderProcessor, { url: store.url });
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  it.each(['order-123', '01', '1e3', ' a ', 'a/b', '..', 'Wait', 'ä😀', noise(1_024)])(
    'may be %j',
    async (jobId) => {
      await expect(harness.run({}, { jobId })).resolves.toMatchObject({
        id: jobId,
        state: 'completed',
      });
    },
  );

  it.each([
    ['123', 'an id that is not a whole number'],
    ['-1', 'an id that is not a whole number'],
    ['0', 'an id that is not a whole number'],
    ['order:123', 'an id without colons'],
    ['0:a:b', 'an id without colons'],
    ['repeat:nightly:1', 'an id without colons'],
    ['', 'a string of 1 to 1024 bytes'],
    ['a\0', 'a string of 1 to 1024 bytes without NUL'],
    ['a\ud800', 'a string of 1 to 1024 bytes without NUL and halves of surrogate pairs'],
    ['ä'.repeat(513), 'a string of 1 to 1024 bytes'],
    ...Object.keys(new QueueKeys().getKeys('order'))
      .filter((key) => key !== '')
      .map((key): [string, string] => [key, 'an id that is not one of the names that BullMQ has']),
  ])('may not be %j, and the error names job, id and rule', async (jobId, rule) => {
    const adding = harness.producer.add({}, { jobId });
    await expect(adding).rejects.toThrow(JobOptionError);
    await expect(adding).rejects.toThrow(`No "order" job was added: its option "jobId" is `);
    await expect(adding).rejects.toThrow(`Use ${rule}`);
    await expect(adding).rejects.toMatchObject({ job: 'order', jobId, value: jobId });
    const bulk = harness.producer.addBulk([{ data: {}, options: { jobId } }]);
    await expect(bulk).rejects.toThrow('its option "[0].jobId" is ');
    await expect(harness.run({})).resolves.toMatchObject({ state: 'completed' });
  });

  it('of its deduplication may have colons, and may not be empty or endless', async () => {
    const add = (id: string) => harness.producer.add({}, { deduplication: { id } });
    await expect(add('a:b')).resolves.toMatchObject({ queue: 'order' });
    await expect(add('')).rejects.toThrow(`its option "deduplication.id" is ''`);
    await expect(add(noise(1_025))).rejects.toThrow('Use a string of 1 to 1024 bytes');
  });
});
