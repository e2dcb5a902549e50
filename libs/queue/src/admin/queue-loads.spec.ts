import { Test, type TestingModule } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import * as z from 'zod';
import { until } from '@libs/testing';
import type { JobContext } from '../attempt/job-context';
import { defineJob } from '../contract/define-job';
import type { JobContract } from '../contract/job-contract';
import { QueueModule } from '../module/queue.module';
import { QueueWorkerModule } from '../module/queue-worker.module';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { Queues } from '../queues/queues';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { QueueAdmin } from './queue-admin';
import { QueueLoads } from './queue-loads';

const stepJob = defineJob({ name: 'step', data: z.object({ fails: z.boolean().default(false) }) });
const tenantJob = defineJob({
  name: 'tenant',
  data: z.object({ id: z.string() }),
  limit: { by: ({ id }) => id, concurrency: 1 },
});
const otherJob = defineJob({ name: 'other', data: z.object({}) });

/** Jobs that run now; they end when released. */
const running = new Set<() => void>();

function untilReleased(): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      running.delete(end);
      resolve();
    };
    running.add(end);
  });
}

@JobProcessor(stepJob, { concurrency: 2 })
class StepProcessor extends JobHost<typeof stepJob> {
  async handle({ data }: JobContext<typeof stepJob>) {
    if (data.fails) throw new Error('as asked');
    await untilReleased();
  }
}

@JobProcessor(tenantJob, { concurrency: 5 })
class TenantProcessor extends JobHost<typeof tenantJob> {
  handle = untilReleased;
}

describeOnEachStore('the load of a queue', (kind) => {
  let store: TestStore;
  const apps: TestingModule[] = [];

  beforeEach(async () => {
    store = await createTestStore(kind);
  });

  afterEach(async () => {
    for (const end of running) end();
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await store.drop();
  });

  /** A worker with these processors, or a process that only adds these jobs, such as an api. */
  async function start(
    jobs: readonly JobContract[],
    processors: Parameters<typeof QueueWorkerModule.forProcessors>[0] = [],
  ) {
    const app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url }),
        QueueModule.forFeature(...jobs),
        ...(processors.length === 0 ? [] : [QueueWorkerModule.forProcessors(processors)]),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    apps.push(app);
    return app;
  }

  const add = (queue: Queue, count: number) =>
    queue.addBulk(Array.from({ length: count }, () => ({ name: queue.name, data: {} })));

  it('is what could run now and what runs, and nothing else', async () => {
    const api = await start([stepJob, otherJob]);
    const loads = api.get(QueueLoads);
    const admin = api.get(QueueAdmin);
    const steps = api.get(Queues).open(stepJob);
    await start([stepJob], [StepProcessor]);
    await steps.add('step', { fails: true }, { attempts: 1 });
    await add(steps, 1);
    await until(() => running.size === 1);
    for (const end of running) end();
    await until(async () => (await steps.getCompletedCount()) === 1);
    await add(steps, 2);
    await until(() => running.size === 2);
    // Both slots are taken: what follows stays where it is.
    await add(steps, 3);
    await steps.add('step', {}, { priority: 7 });
    await steps.add('step', {}, { delay: 3_600_000 });
    await steps.add('step', {}, { delay: 1, timestamp: Date.now() - 60_000 });
    await add(api.get(Queues).open(otherJob), 8);

    const all = { queue: 'step', load: 7, runnable: 5, running: 2, heldBack: 0, paused: false };
    await until(async () => (await steps.getFailedCount()) === 1);
    expect(await loads.read('step')).toEqual(all);
    await admin.pause('step');
    expect(await loads.read('step')).toEqual({ ...all, load: 2, runnable: 0, paused: true });
    await admin.resume('step');
    await admin.setConcurrency('step', 3);
    expect(await loads.read('step')).toEqual({ ...all, load: 3, runnable: 1 });
    await admin.setConcurrency('step', 1);
    expect(await loads.read('step')).toEqual({ ...all, load: 2, runnable: 0 });
  });

  it('keeps one worker for jobs that wait for room in their key, and no more', async () => {
    const api = await start([tenantJob]);
    const loads = api.get(QueueLoads);
    const producer = api.get<JobProducer<typeof tenantJob>>(getJobProducerToken(tenantJob));
    for (let count = 0; count < 4; count++) await producer.add({ id: 'a' });
    // It is a worker that lets them run, so one is needed. On Postgres it is also what finds out which have no room.
    const { load: first, runnable: any, heldBack: none } = await loads.read('tenant');
    expect([first, any, none]).toEqual(kind === 'postgres' ? [4, 4, 0] : [1, 0, 4]);

    const worker = await start([tenantJob], [TenantProcessor]);
    await until(() => running.size === 1);
    await until(async () => (await loads.read('tenant')).heldBack === 3);
    expect(await loads.read('tenant')).toMatchObject({ load: 1, runnable: 0, running: 1 });
    await api.get(QueueAdmin).pause('tenant');
    for (const end of running) end();
    await until(async () => (await loads.read('tenant')).running === 0);
    expect(await loads.read('tenant')).toMatchObject({ load: 0, paused: true });
    await apps.splice(apps.indexOf(worker), 1)[0]?.close();
    await api.get(QueueAdmin).resume('tenant');
    const { load, runnable, heldBack } = await loads.read('tenant');
    expect([load > 0, runnable + heldBack]).toEqual([true, 3]);
  });

  it('can be asked of a process without the contract, which refuses a name that nobody knows', async () => {
    const loads = (await start([otherJob])).get(QueueLoads);
    await expect(loads.read('step')).rejects.toThrow('There is no queue "step".');
    await add((await start([stepJob])).get(Queues).open(stepJob), 2);
    expect(await loads.read('step')).toMatchObject({ load: 2 });
    expect(await loads.read('other')).toMatchObject({ load: 0 });
    await expect(loads.read('stp')).rejects.toThrow('There is no queue "stp".');
  });
});
