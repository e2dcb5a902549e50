import fc from 'fast-check';
import * as z from 'zod';
import { until } from '@libs/testing';
import { QueueAdmin } from '../admin/queue-admin';
import type { JobContext } from '../attempt/job-context';
import { RetryAfterError } from '../attempt/retry-after.error';
import { LimitedRedisBackend } from '../bullmq/redis/limited-redis-backend';
import { SharedPostgresBackend } from '../bullmq/postgres/shared-postgres-backend';
import { defineJob } from '../contract/define-job';
import { DeadJobs } from '../dead/dead-jobs';
import { NonRetryableError } from '../errors/non-retryable.error';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { startProcessor, type QueueHarness } from '../testing';
import { Bell } from '../timing/bell';

const tenantJob = defineJob({
  name: 'tenant',
  data: z.object({
    tenant: z.string(),
    /** How many attempts fail; more than there are: for good, at once. */
    fail: z.number().default(0),
    holds: z.boolean().default(false),
  }),
  options: { attempts: 3, backoff: { type: 'fixed', delay: 5 } },
  limit: { by: ({ tenant }) => tenant, concurrency: 2 },
});

const gate = { isOpen: true, bell: new Bell() };
const begun: string[] = [];
const running = new Map<string, number>();
let most = 0;

function open(isOpen: boolean): void {
  gate.isOpen = isOpen;
  gate.bell.ring();
}

/** The jobs of a tenant that run at the same time. */
function count(tenant: string, change: number): void {
  const now = (running.get(tenant) ?? 0) + change;
  running.set(tenant, now);
  most = Math.max(most, now);
}

@JobProcessor(tenantJob, { concurrency: 3 })
class TenantProcessor extends JobHost<typeof tenantJob> {
  async handle({ data: { tenant, fail, holds }, attempt }: JobContext<typeof tenantJob>) {
    begun.push(tenant);
    count(tenant, 1);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      while (holds && !gate.isOpen) await gate.bell.after(gate.bell.rings, 60_000);
      if (fail > 3) throw new NonRetryableError('broken');
      if (attempt <= fail) throw new Error('again');
    } finally {
      count(tenant, -1);
    }
  }
}

const groupJob = defineJob({
  name: 'group',
  data: z.object({}),
  children: { tenants: { job: tenantJob, onFailure: 'ignore' } },
});

@JobProcessor(groupJob)
class GroupProcessor extends JobHost<typeof groupJob> {
  handle() {
    // Its children are what counts.
  }
}

/** A later build of the same job. */
const unlimitedJob = defineJob({ name: 'tenant', data: tenantJob.data });

@JobProcessor(unlimitedJob, { concurrency: 4 })
class UnlimitedProcessor extends JobHost<typeof unlimitedJob> {
  async handle() {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const PER = 500;

const callJob = defineJob({
  name: 'call',
  data: z.object({ account: z.string(), isRefused: z.boolean().default(false) }),
  options: { attempts: 2, backoff: { type: 'fixed', delay: 5 } },
  limit: { by: ({ account }) => account, rate: { max: 4, per: `${PER}ms` } },
});

const calls: { account: string; at: number }[] = [];

@JobProcessor(callJob, { concurrency: 4 })
class CallProcessor extends JobHost<typeof callJob> {
  handle({ data: { account, isRefused }, attempt }: JobContext<typeof callJob>) {
    calls.push({ account, at: performance.now() });
    if (isRefused && attempt === 1) throw new RetryAfterError(PER, 'busy', { wholeKey: true });
  }
}

const callsOf = (account: string) =>
  calls.filter((call) => call.account === account).map(({ at }) => at);

describeOnEachStore('a limit by key', (kind) => {
  let store: TestStore;
  let first: QueueHarness<typeof tenantJob>;
  let second: QueueHarness<typeof tenantJob>;
  let caller: QueueHarness<typeof callJob>;
  let grouper: QueueHarness<typeof groupJob>;

  /** Of all workers. */
  let fetches: jest.SpyInstance;

  beforeAll(async () => {
    const Backend = kind === 'redis' ? LimitedRedisBackend : SharedPostgresBackend;
    fetches = jest.spyOn(Backend.prototype, 'moveToActive');
    store = await createTestStore(kind);
    const { url } = store;
    first = await startProcessor(TenantProcessor, { url });
    [second, caller, grouper] = await Promise.all([
      startProcessor(TenantProcessor, { url }),
      startProcessor(CallProcessor, { url }),
      startProcessor(GroupProcessor, { url }),
    ]);
  });

  afterAll(async () => {
    open(true);
    await Promise.all([first, second, caller, grouper].map((harness) => harness.close()));
    await store.drop();
  });

  beforeEach(() => {
    begun.length = 0;
    calls.length = 0;
    most = 0;
    open(true);
  });

  const stateOf = async (id: string) => (await first.jobs.get('tenant', id))?.state;
  const counts = async () => {
    const [status] = await first.app.get(QueueAdmin).status(['tenant']);
    return status;
  };

  it('keeps a job from waiting behind the thousand of another key, in two workers', async () => {
    open(false);
    const many = Array.from({ length: 1_000 }, () => ({ data: { tenant: 'a', holds: true } }));
    const added = await first.producer.addBulk(many);
    const last = added.at(-1)?.id ?? '';
    const { id } = await first.producer.add({ tenant: 'b' });
    await until(async () => (await stateOf(id)) === 'completed');
    expect(begun.filter((tenant) => tenant === 'a').length).toBeLessThanOrEqual(2);

    // The others wait, whatever BullMQ calls it, and are counted, cancelled and removed as such.
    expect(await stateOf(last)).toBe('waiting');
    await until(async () => (await counts())?.running === 2);
    expect(await counts()).toMatchObject({ waiting: 998, delayed: 0, due: 0 });
    expect(await first.producer.cancel(last)).toBe('cancelled');
    expect(await first.app.get(QueueAdmin).drain('tenant')).toBe(997);
    open(true);
    await until(async () => (await counts())?.running === 0);
    expect(await counts()).toMatchObject({ waiting: 0, delayed: 0 });
    expect(most).toBe(2);
    // Its slots are free again.
    expect(await second.run({ tenant: 'a' })).toMatchObject({ state: 'completed' });
  });

  it.each(['jobs', 'children'])('holds for %s that are redriven together', async (what) => {
    open(false);
    const tenant = `redriven ${what}`;
    const dead = first.app.get(DeadJobs);
    const failed = async () => (await dead.list({ queue: 'tenant' })).total;
    const before = await failed();
    const broken = Array.from({ length: 20 }, () => ({ data: { tenant, fail: 9 } }));
    if (what === 'jobs') await second.producer.addBulk(broken);
    else await grouper.producer.add({}, { children: { tenants: broken } });
    await until(async () => (await failed()) >= before + 20);
    most = 0;
    begun.length = 0;
    await dead.redriveAll('tenant');
    await until(async () => (await failed()) >= before + 20);
    expect(begun.filter((each) => each === tenant)).toHaveLength(20);
    expect(most).toBeLessThanOrEqual(2);
  });

  it('is kept under random jobs, retries, delays and priorities, and loses none', async () => {
    const job = fc.record({
      tenant: fc.constantFrom('a', 'b', 'c'),
      fail: fc.integer({ min: 0, max: 3 }),
      delay: fc.constantFrom(0, 0, 0, 20),
      priority: fc.constantFrom(0, 0, 3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(job, { minLength: 20, maxLength: 40 }), async (jobs) => {
        most = 0;
        const added = await Promise.all(
          jobs.map(({ tenant, fail, delay, priority }, index) =>
            (index % 2 === 0 ? first : second).producer.add(
              { tenant, fail },
              { delay, priority, backoff: { type: 'fixed', delay: index % 3 } },
            ),
          ),
        );
        const ended = await Promise.all(
          added.map(async ({ id }) => {
            await until(async () => ['completed', 'failed'].includes((await stateOf(id)) ?? ''));
            return first.jobs.get('tenant', id);
          }),
        );
        expect(ended.map((job) => [job?.state, job?.attempts.made])).toEqual(
          jobs.map(({ fail }) => [fail === 3 ? 'failed' : 'completed', Math.min(3, fail + 1)]),
        );
        expect(most).toBeLessThanOrEqual(2);
      }),
      { numRuns: 2 },
    );
  });

  it('starts no more than the rate in any window, and asks the store rarely meanwhile', async () => {
    const many = Array.from({ length: 11 }, () => ({ data: { account: 'x' } }));
    const before = fetches.mock.calls.length;
    const start = performance.now();
    await caller.producer.addBulk(many);
    await until(() => calls.length === 11);
    expect(fetches.mock.calls.length - before).toBeLessThan(40);
    for (const [index, time] of callsOf('x').entries()) {
      // Clocks of the store and of this process are read at different moments.
      expect(time - start).toBeGreaterThan(Math.floor(index / 4) * PER - 50);
    }
  });

  it('lets one job speak for its whole key', async () => {
    await caller.producer.add({ account: 'y', isRefused: true });
    await until(() => callsOf('y').length === 1);
    await caller.producer.add({ account: 'y' });
    await caller.producer.add({ account: 'z' });
    await until(() => callsOf('y').length === 3);
    const [refused = 0, next = 0] = callsOf('y');
    expect(next - refused).toBeGreaterThan(PER - 50);
    expect(callsOf('z')[0]).toBeLessThan(next);
  });

  it('keeps no job waiting when it is taken out of the contract', async () => {
    open(false);
    const many = Array.from({ length: 20 }, () => ({ data: { tenant: 'e', holds: true } }));
    const added = await first.producer.addBulk(many);
    await until(async () => (await counts())?.running === 2);
    const later = await startProcessor(UnlimitedProcessor, { url: store.url });
    const states = () => Promise.all(added.map(({ id }) => stateOf(id)));
    await until(async () => (await states()).filter((state) => state === 'completed').length > 10);
    open(true);
    await until(async () => (await states()).every((state) => state === 'completed'));
    await later.close();
  });
});
