import * as z from 'zod';
import { until } from '@libs/testing';
import type { JobContext } from '../attempt/job-context';
import { defineJob } from '../contract/define-job';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { startProcessor, type QueueHarness } from '../testing';

const tenantJob = defineJob({
  name: 'tenant',
  data: z.object({ tenant: z.string(), fail: z.number().default(0) }),
  options: { attempts: 3, backoff: { type: 'fixed', delay: 5 } },
  limit: { by: ({ tenant }) => tenant, concurrency: 2 },
});

const order: string[] = [];
const running = new Map<string, number>();
let most = 0;

@JobProcessor(tenantJob, { concurrency: 4 })
class TenantProcessor extends JobHost<typeof tenantJob> {
  async handle({ data: { tenant, fail }, attempt }: JobContext<typeof tenantJob>) {
    order.push(tenant);
    const now = (running.get(tenant) ?? 0) + 1;
    running.set(tenant, now);
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    running.set(tenant, (running.get(tenant) ?? 0) - 1);
    if (attempt <= fail) throw new Error('again');
  }
}

describeOnEachStore('a job with a limit by key', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof tenantJob>;

  beforeAll(async () => {
    store = await createTestStore(kind);
    harness = await startProcessor(TenantProcessor, { url: store.url });
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  it('runs', async () => {
    expect(await harness.run({ tenant: 'a' })).toMatchObject({
      state: 'completed',
      attempts: { made: 1 },
    });
    expect(await harness.run({ tenant: 'a', fail: 2 })).toMatchObject({
      state: 'completed',
      attempts: { made: 3 },
    });
  });

  it('does not wait behind the jobs of another key', async () => {
    order.length = 0;
    most = 0;
    const many = Array.from({ length: 300 }, () => ({ data: { tenant: 'a' } }));
    await harness.producer.addBulk(many);
    const { id } = await harness.producer.add({ tenant: 'b' });
    await until(async () => (await harness.jobs.get('tenant', id))?.state === 'completed');
    expect(order.indexOf('b')).toBeLessThan(10);
    await until(() => order.length === 301, { timeout: 30_000 });
    expect(most).toBeLessThanOrEqual(2);
  });
});
