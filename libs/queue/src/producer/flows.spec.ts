import { type INestApplicationContext, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import { until } from '@libs/testing';
import {
  DeadJobs,
  JobCancellation,
  JobDataError,
  JobOptionError,
  JobsReader,
  QueueModule,
} from '..';
import type { JobContract } from '../contract/job-contract';
import { QueueWorkerModule } from '../consumer';
import type { JobsAdded } from '../observe/queue-observer';
import { Transaction } from '../outbox/testing/transaction';
import { Queues } from '../queues/queues';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { getJobProducerToken } from './inject-job.decorator';
import type { JobProducer } from './job-producer';
import {
  dayJob,
  DayProcessor,
  monthJob,
  MonthProcessor,
  SlotProcessor,
  StampProcessor,
  world,
  yearJob,
  YearProcessor,
} from './testing/flow.processors';

const day = (number: number, mode: 'count' | 'fail' | 'hold' = 'count') => ({
  data: { date: `2027-01-0${number}`, mode },
});

describeOnEachStore('a job with children', (kind) => {
  let store: TestStore;
  /** Runs no jobs. */
  let producer: INestApplicationContext;
  let worker: INestApplicationContext;
  const added: JobsAdded[] = [];

  beforeAll(async () => {
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    store = await createTestStore(kind);
    producer = await start([]);
    worker = await start([
      DayProcessor,
      MonthProcessor,
      SlotProcessor,
      StampProcessor,
      YearProcessor,
    ]);
  });

  beforeEach(() => {
    added.length = 0;
    world.isBroken = true;
    world.months.length = 0;
  });

  // A test that has failed half-way must not hold up the next ones.
  afterEach(async () => {
    world.hold = () => Promise.resolve();
    world.beforeSum = () => Promise.resolve();
    await queueOf(dayJob).resume();
  });

  afterAll(async () => {
    await worker.close();
    await producer.close();
    await store.drop();
  });

  async function start(processors: Parameters<typeof QueueWorkerModule.forProcessors>[0]) {
    const builder = Test.createTestingModule({
      imports: [
        QueueModule.forRoot({
          url: store.url,
          observers: [{ jobsAdded: (event) => added.push(event) }],
        }),
        QueueModule.forFeature(yearJob, monthJob),
        QueueWorkerModule.forProcessors(processors),
      ],
    });
    const app = await builder.compile();
    app.useLogger(false);
    return app.init();
  }

  const producerOf = <Job extends JobContract>(job: Job) =>
    producer.get<JobProducer<Job>>(getJobProducerToken(job), { strict: false });
  const months = () => producerOf(monthJob);
  const status = (queue: string, id: string) => producer.get(JobsReader).get(queue, id);
  const ended = async (queue: string, id: string) => {
    for await (const snapshot of producer.get(JobsReader).watch(queue, id)) {
      if (snapshot.finishedAt !== undefined) return snapshot;
    }
    throw new Error(`${queue} ${id} is gone.`);
  };
  const queueOf = (job: JobContract): Queue => producer.get(Queues).open(job);
  const dead = () => producer.get(DeadJobs);
  const counts = () =>
    Promise.all([yearJob, monthJob, dayJob].map((job) => queueOf(job).getJobCounts()));

  it('runs when they have ended, with their typed results', async () => {
    const { id } = await producerOf(yearJob).add(
      {},
      {
        children: {
          months: [
            { data: {}, children: { days: [day(1), day(2)], stamps: [{ data: {} }] } },
            { data: {} },
          ],
        },
      },
    );
    expect(added).toContainEqual({ queue: 'year', ids: [id], inTransaction: false });
    const monthIds = added.find(({ queue }) => queue === 'month')?.ids ?? [];
    expect(monthIds).toEqual([`${id}.months.0`, `${id}.months.1`]);
    expect(added.find(({ queue }) => queue === 'day')?.ids).toHaveLength(2);
    expect(await ended('year', id)).toMatchObject({ state: 'completed', result: { orders: 3 } });
    expect(await status('month', `${id}.months.0`)).toMatchObject({
      result: { orders: 3, failures: ['stamped: undefined'] },
      attempts: { made: 1 },
    });
  });

  /** Lets a day wait, and the month before its end. */
  function barrier() {
    let release = (): void => undefined;
    const open = new Promise<void>((resolve) => (release = resolve));
    return { open, release };
  }

  it('fails at once with a child that has failed, on every level, and goes on when that is redriven', async () => {
    const held = barrier();
    world.hold = () => held.open;
    const { id } = await producerOf(yearJob).add(
      {},
      {
        children: { months: [{ data: {}, children: { days: [day(1, 'hold'), day(2, 'fail')] } }] },
      },
    );
    const [month, child] = [`${id}.months.0`, `${id}.months.0.days.1`];
    expect(await ended('year', id)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining(`Its child "month" ${month} has failed`) as string,
    });
    expect(await status('month', month)).toMatchObject({
      failure: expect.stringContaining(`Its child "day" ${child} has failed`) as string,
      children: { total: 2, open: 1, completed: 0, failed: 1 },
      parent: { queue: 'year', id },
    });
    expect(world.months).toEqual([]);

    world.isBroken = false;
    await dead().redrive('day', child);
    await until(async () => (await status('day', child))?.state === 'completed');
    // The other day still runs.
    await until(async () => (await status('month', month))?.state === 'waiting-children');
    await until(async () => (await status('year', id))?.state === 'waiting-children');
    held.release();
    expect(await ended('year', id)).toMatchObject({ state: 'completed', result: { orders: 3 } });
    expect(world.months).toEqual([month]);
  });

  it('is redriven after its failed children, leaves first, and not before the last of them', async () => {
    const { id } = await producerOf(yearJob).add(
      {},
      {
        children: { months: [{ data: {}, children: { days: [day(1, 'fail'), day(2, 'fail')] } }] },
      },
    );
    const month = `${id}.months.0`;
    expect(await ended('year', id)).toMatchObject({ state: 'failed' });
    await until(async () => (await status('day', `${month}.days.1`))?.state === 'failed');
    world.isBroken = false;
    await dead().redrive('day', `${month}.days.0`);
    expect(await ended('day', `${month}.days.0`)).toMatchObject({ state: 'completed' });
    expect(await status('month', month)).toMatchObject({ state: 'failed' });

    await dead().redrive('year', id);
    expect(await ended('year', id)).toMatchObject({ state: 'completed', result: { orders: 3 } });
    expect(world.months).toEqual([month]);
  });

  it('goes on when all of its dead children are redriven at once', async () => {
    const { id } = await months().add(
      {},
      { children: { days: [1, 2, 3, 4].map((number) => day(number, 'fail')) } },
    );
    expect(await ended('month', id)).toMatchObject({ state: 'failed' });
    for (const index of [0, 1, 2, 3]) await ended('day', `${id}.days.${index}`);
    world.isBroken = false;
    const { redriven, refused } = await dead().redriveAll('day');
    expect(redriven).toBeGreaterThanOrEqual(4);
    expect(refused).toEqual([]);
    expect(await ended('month', id)).toMatchObject({ state: 'completed', result: { orders: 10 } });
  });

  it('runs after the last child and is told of failures, or not told, as its contract says', async () => {
    const held = barrier();
    world.hold = () => held.open;
    const { id } = await months().add(
      {},
      {
        children: {
          tolerated: [day(1, 'hold'), day(2, 'fail'), day(3)],
          optional: [day(4, 'fail'), day(5, 'hold')],
        },
      },
    );
    await until(async () => (await status('day', `${id}.optional.0`))?.state === 'failed');
    await until(async () => (await status('day', `${id}.tolerated.1`))?.state === 'failed');
    expect(await ended('day', `${id}.tolerated.2`)).toMatchObject({
      children: undefined,
      parent: { queue: 'month', id },
    });
    expect(await status('month', id)).toMatchObject({
      state: 'waiting-children',
      children: { total: 5, open: 2, completed: 1, failed: 2 },
      parent: undefined,
    });

    // A failed child that is redriven meanwhile counts again, or not at all.
    world.isBroken = false;
    await dead().redrive('day', `${id}.tolerated.1`);
    await dead().redrive('day', `${id}.optional.0`);
    expect(await ended('day', `${id}.tolerated.1`)).toMatchObject({ state: 'completed' });
    expect(await ended('day', `${id}.optional.0`)).toMatchObject({ state: 'completed' });
    expect(await status('month', id)).toMatchObject({ state: 'waiting-children' });
    expect(world.months).toEqual([]);

    world.isBroken = true;
    const other = await months().add(
      {},
      { children: { tolerated: [day(6, 'fail'), day(7)], optional: [day(8, 'fail')] } },
    );
    expect(await ended('month', other.id)).toMatchObject({
      result: { orders: 7, failures: ['No 6th.'] },
    });
    held.release();
    expect(await ended('month', id)).toMatchObject({
      result: { orders: 11, failures: [] },
      children: { total: 5, open: 0, completed: 4, failed: 1 },
    });
  });

  it('is given back, and not failed, if a child is redriven while it runs', async () => {
    const held = barrier();
    world.beforeSum = () => held.open;
    const { id } = await months().add({}, { children: { tolerated: [day(1, 'fail')] } });
    await until(() => world.months.includes(id));
    // Not done before the month has ended.
    world.isBroken = false;
    await worker.get(Queues).open(dayJob).pause();
    await dead().redrive('day', `${id}.tolerated.0`);
    world.beforeSum = () => Promise.resolve();
    held.release();
    await until(async () => (await status('month', id))?.state === 'waiting-children');
    await worker.get(Queues).open(dayJob).resume();
    expect(await ended('month', id)).toMatchObject({
      state: 'completed',
      attempts: { made: 1 },
      result: { orders: 1, failures: [] },
    });
    expect(world.months).toEqual([id, id]);
  });

  describe('whose child is gone', () => {
    const ways: Record<string, (id: string) => Promise<unknown>> = {
      removed: async (id) => (await queueOf(dayJob).getJob(id))?.remove(),
      drained: () => queueOf(dayJob).drain(true),
      obliterated: () => queueOf(dayJob).obliterate({ force: true }),
      cleaned: () => queueOf(dayJob).clean(0, 0, 'delayed'),
    };

    it.each(Object.keys(ways))('does not wait for ever when it is %s', async (way) => {
      const later = { ...day(1), options: { delay: 3_600_000 } };
      const needs = await months().add({}, { children: { days: [later] } });
      const tolerates = await months().add({}, { children: { tolerated: [later, day(2)] } });
      const passes = await months().add({}, { children: { optional: [later, day(3)] } });
      await ended('day', `${tolerates.id}.tolerated.1`);
      await ended('day', `${passes.id}.optional.1`);
      const first = [
        `${needs.id}.days.0`,
        `${tolerates.id}.tolerated.0`,
        `${passes.id}.optional.0`,
      ];
      for (const id of first) await ways[way]?.(id);
      if (way === 'obliterated') await queueOf(dayJob).resume();

      expect(await ended('month', needs.id)).toMatchObject({
        state: 'failed',
        failure: expect.stringContaining('was removed before it had completed') as string,
      });
      await expect(dead().redrive('month', needs.id)).rejects.toThrow('Add the job again');
      expect(await ended('month', tolerates.id)).toMatchObject({
        result: { orders: 2, failures: ['It was removed before it had ended.'] },
      });
      expect(await ended('month', passes.id)).toMatchObject({ result: { orders: 3 } });
    });

    it('keeps the results and failures of children that were cleaned before it ran', async () => {
      const held = barrier();
      world.hold = () => held.open;
      const { id } = await months().add(
        {},
        {
          children: {
            days: [day(1), { ...day(2), options: { removeOnComplete: true } }, day(3, 'hold')],
            tolerated: [day(4, 'fail'), { ...day(5, 'fail'), options: { removeOnFail: true } }],
          },
        },
      );
      await ended('day', `${id}.days.0`);
      await ended('day', `${id}.tolerated.0`);
      await until(async () => (await status('day', `${id}.tolerated.1`)) === undefined);
      await until(async () => {
        await queueOf(dayJob).clean(0, 0, 'completed');
        await queueOf(dayJob).clean(0, 0, 'failed');
        return (await queueOf(dayJob).getJobCountByTypes('completed', 'failed')) === 0;
      });
      expect(await status('month', id)).toMatchObject({
        state: 'waiting-children',
        children: { total: 5, open: 1, completed: 2, failed: 2 },
      });
      held.release();
      expect(await ended('month', id)).toMatchObject({
        result: { orders: 6, failures: ['No 4th.', 'No 5th.'] },
      });
    });
  });

  it('is told of cancelled children as of failed ones, and is not redriven if it was cancelled', async () => {
    const later = { ...day(1), options: { delay: 3_600_000 } };
    const tolerates = await months().add({}, { children: { tolerated: [later] } });
    const fails = await months().add({}, { children: { days: [later] } });
    const cancelled = await months().add({}, { children: { days: [later] } });
    const days = producer.get(JobCancellation);
    expect(await days.cancel('day', `${tolerates.id}.tolerated.0`)).toBe('cancelled');
    expect(await ended('month', tolerates.id)).toMatchObject({
      result: { failures: [expect.stringContaining('cancelled') as string] },
    });
    expect(await days.cancel('day', `${fails.id}.days.0`)).toBe('cancelled');
    expect(await ended('month', fails.id)).toMatchObject({ state: 'failed' });

    const child = `${cancelled.id}.days.0`;
    expect(await months().cancel(cancelled.id)).toBe('cancelled');
    expect(await days.cancel('day', child)).toBe('cancelled');
    await dead().redrive('day', child);
    expect(await ended('day', child)).toMatchObject({ state: 'completed' });
    expect(await status('month', cancelled.id)).toMatchObject({ state: 'cancelled' });
    await dead().redrive('month', cancelled.id);
    expect(await ended('month', cancelled.id)).toMatchObject({ result: { orders: 1 } });
  });

  it('that runs again after its own failure has the same children', async () => {
    const { id } = await months().add({ mode: 'fail' }, { children: { days: [day(2)] } });
    expect(await ended('month', id)).toMatchObject({ state: 'failed', failure: 'No month.' });
    world.isBroken = false;
    await dead().redrive('month', id);
    expect(await ended('month', id)).toMatchObject({ result: { orders: 2 } });
  });

  it('has its children once if it is added twice with its id', async () => {
    const options = { jobId: 'january', children: { days: [day(1), day(2)] } };
    const [first, second] = [await months().add({}, options), await months().add({}, options)];
    expect(second).toEqual(first);
    expect(await ended('month', 'january')).toMatchObject({ result: { orders: 3 } });
    await months().add({}, { ...options, children: { days: [day(1), day(2), day(3)] } });
    expect(await status('day', 'january.days.2')).toBeUndefined();
  });

  it('waits for children that have a limit by key', async () => {
    const slots = ['a', 'a', 'a'].map((tenant) => ({ data: { tenant } }));
    const { id } = await months().add({}, { children: { slots } });
    expect(await ended('month', id)).toMatchObject({
      result: { failures: ['slots: 1', 'slots: 1', 'slots: 1'] },
    });
  });

  it('is added with several others in one step', async () => {
    const all = await months().addBulk([
      { data: {}, children: { days: [day(1)] } },
      { data: {} },
      { data: {}, children: { days: [day(2), day(3)] } },
    ]);
    const results = await Promise.all(all.map(({ id }) => ended('month', id)));
    expect(results.map(({ result }) => result)).toMatchObject([
      { orders: 1 },
      { orders: 0 },
      { orders: 5 },
    ]);
  });

  if (kind === 'postgres') {
    it('is part of the transaction of its caller, with all of its children', async () => {
      const transaction = await Transaction.begin(store.url);
      const other = await Transaction.begin(store.url);
      const children = { days: [day(1), day(2)], stamps: [{ data: {} }] };
      const { id } = await months().add({}, { children, manager: transaction });
      const [gone] = await months().addBulk([{ data: {}, children }], { manager: other });
      expect(await status('month', id)).toBeUndefined();
      expect(await status('day', `${id}.days.1`)).toBeUndefined();
      await other.end('ROLLBACK');
      await transaction.end('COMMIT');
      expect(await ended('month', id)).toMatchObject({ result: { orders: 3 } });
      expect(await status('month', gone?.id ?? '')).toBeUndefined();
      expect(await status('day', `${gone?.id ?? ''}.days.0`)).toBeUndefined();
    });
  }

  it('is not added, nor is any child, if something of it is wrong', async () => {
    const before = await counts();
    const bad = (children: object, options: object = {}) =>
      months().add({}, { ...options, children });
    const wrong = { data: { date: '2027-13-01' } };
    await expect(bad({ days: [day(1), wrong] })).rejects.toBeInstanceOf(JobDataError);
    await expect(bad({ days: [day(1), wrong] })).rejects.toThrow(/children\.days\[1\]\.date: /);
    await expect(
      producerOf(yearJob).addBulk([
        { data: {} },
        { data: {}, children: { months: [{ data: {}, children: { days: [wrong as never] } }] } },
      ]),
    ).rejects.toThrow(/\[1\]\.children\.months\[0\]\.children\.days\[0\]\.date: /);
    await expect(bad({ weeks: [day(1)] })).rejects.toThrow(
      'Use the children that the contract "month" has: days, tolerated, optional, stamps, slots.',
    );
    const { data } = day(1);
    for (const options of [{ jobId: 'mine' }, { deduplication: { id: 'a' } }, { attempts: 0 }]) {
      const [name = ''] = Object.keys(options);
      const adding = bad({ days: [{ data, options }] });
      await expect(adding).rejects.toThrow(JobOptionError);
      await expect(adding).rejects.toThrow(`"children.days[0].${name}`);
    }
    await expect(bad({ days: [day(1)] }, { deduplication: { id: 'a' } })).rejects.toThrow(
      '"deduplication"',
    );
    await expect(bad({ days: [day(1)] }, { jobId: 'a'.repeat(600) })).rejects.toThrow('"jobId"');
    await expect(bad({ days: [{ data, options: { sizeLimit: 3 } }] })).rejects.toThrow('exceeds');
    expect(await counts()).toEqual(before);
  });
});
