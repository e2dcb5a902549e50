import { type INestApplicationContext, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { until } from '@libs/testing';
import { DeadJobs, defineJob, JobsReader, QueueModule } from '..';
import { JobHost, JobProcessor, QueueWorkerModule } from '../consumer';
import type { JobContract } from '../contract/job-contract';
import type { JobContext } from '../attempt/job-context';
import type { ProcessorClass } from '../processor/processor-class';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { Queues } from '../queues/queues';
import { QueueStore } from '../store/queue-store';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';

const first = z.object({ kilos: z.string() });

const oldParcel = defineJob({ name: 'parcel', data: first });

const newParcel = defineJob({
  name: 'parcel',
  version: 2,
  data: z.object({ grams: z.number() }),
  upgrade: (data) => {
    const kilos = Number(first.parse(data).kilos);
    if (Number.isNaN(kilos)) throw new Error('no number');
    return { grams: kilos * 1_000 };
  },
});

/** What was run, by which worker. */
const ran: unknown[] = [];

@JobProcessor(oldParcel)
class OldProcessor extends JobHost<typeof oldParcel> {
  handle({ data }: JobContext<typeof oldParcel>) {
    ran.push(data);
  }
}

@JobProcessor(newParcel)
class NewProcessor extends JobHost<typeof newParcel> {
  handle({ data }: JobContext<typeof newParcel>) {
    ran.push(data);
  }
}

describeOnEachStore('a deploy in which old and new meet', (kind) => {
  let store: TestStore;
  const apps: INestApplicationContext[] = [];

  beforeEach(async () => {
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    ran.length = 0;
    store = await createTestStore(kind);
  });

  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await store.drop();
  });

  async function start(contract: JobContract, ...processors: ProcessorClass[]) {
    const builder = Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url }),
        QueueModule.forFeature(contract),
        QueueWorkerModule.forProcessors(processors),
      ],
    });
    const app = await builder.compile();
    apps.push(app);
    app.useLogger(false);
    await app.init();
    const producer = app.get<JobProducer<JobContract>>(getJobProducerToken(contract), {
      strict: false,
    });
    const status = async (id: string) => app.get(JobsReader).get('parcel', id);
    return { app, producer, status };
  }

  it('runs an older job after its upgrade, a dead one too, and says why an upgrade fails', async () => {
    const before = await start(oldParcel);
    const { id } = await before.producer.add({ kilos: '2' });
    const broken = await before.producer.add({ kilos: 'many' });
    const after = await start(newParcel, NewProcessor);
    await until(async () => (await after.status(id))?.state === 'completed');
    expect(ran).toEqual([{ grams: 2_000 }]);
    await until(async () => (await after.status(broken.id))?.state === 'failed');
    expect(await after.status(broken.id)).toMatchObject({
      attempts: { made: 1, max: 3 },
      failure: expect.stringContaining(
        'its upgrade from version 1 to 2 failed (no number)',
      ) as string,
    });
    await expect(after.app.get(DeadJobs).redrive('parcel', broken.id)).rejects.toThrow('no number');
  });

  it('leaves a newer job to a newer worker, without using up an attempt', async () => {
    const old = await start(oldParcel, OldProcessor);
    const latest = await start(newParcel);
    const { id } = await latest.producer.add({ grams: 5 });
    const { logs } = await until(async () => {
      const found = await old.app.get(Queues).open(oldParcel).getJobLogs(id);
      return found.logs.length > 0 ? found : undefined;
    });
    expect(logs[0]).toContain('the data is of version 2, this worker knows 1');
    await until(async () => (await latest.status(id))?.state === 'delayed');
    expect(await latest.status(id)).toMatchObject({ attempts: { made: 0 }, failure: undefined });

    await start(newParcel, NewProcessor);
    // The older worker may meet it again, and leaves it once more, each time for longer.
    const queue = latest.app.get(Queues).open(newParcel);
    await until(async () => {
      const job = await queue.getJob(id);
      if (await job?.isDelayed()) await job?.promote().catch(() => undefined);
      return job?.isCompleted();
    });
    expect(ran).toEqual([{ grams: 5 }]);
    expect((await latest.status(id))?.attempts.made).toBe(1);
  });

  it('fails a newer job that no worker takes for an hour; redriven, it has its time again', async () => {
    const latest = await start(newParcel);
    const { id } = await latest.producer.add({ grams: 5 });
    const { access } = latest.app.get(QueueStore);
    if (access.kind === 'redis') {
      await access.run((client) => client.hset(`${access.keyPrefixOf('parcel')}${id}`, 'ats', 70));
    } else if (access.kind === 'postgres') {
      await access.query('UPDATE job SET attempts_started = 70 WHERE id = $1', [id]);
    }
    const old = await start(oldParcel, OldProcessor);
    await until(async () => (await old.status(id))?.state === 'failed');
    expect((await old.status(id))?.failure).toContain(
      'its data is of version 2, and this worker has version 1 of the contract',
    );
    await old.app.get(DeadJobs).redrive('parcel', id);
    await until(async () => (await old.status(id))?.state === 'delayed');
    expect(ran).toEqual([]);
  });

  it('marks whatever is added to the queue of a newer contract', async () => {
    const { app, producer } = await start(newParcel);
    const queue = app.get(Queues).open(newParcel);
    await producer.addBulk([{ data: { grams: 1 } }]);
    await queue.add('parcel', { grams: 1 });
    const template = { name: 'parcel', data: { grams: 1 } };
    await queue.upsertJobScheduler('hourly', { every: 3_600_000 }, template);
    const jobs = await queue.getJobs(['waiting', 'delayed']);
    expect(jobs.map(({ opts }) => opts)).toEqual(
      Array(3).fill(expect.objectContaining({ dataVersion: 2 })),
    );
  });
});

describe('a contract with a version', () => {
  it('is refused if the version is not a whole number from 1', () => {
    expect(() => defineJob({ name: 'x', version: 0, data: z.object({}) })).toThrow(
      'The option "version" of the contract "x" is 0. Use a whole number from 1',
    );
  });
});
