import { Queues } from '../queues/queues';
import { Transaction } from '../outbox/testing/transaction';
import {
  mailJob,
  MailProcessor,
  most,
  onceJob,
  OnceProcessor,
  pacedJob,
  PacedProcessor,
  PartProcessor,
  seen,
  slowJob,
  SlowProcessor,
  tenantJob,
  TenantProcessor,
  wholeJob,
  WholeProcessor,
} from './testing/three-ways.jobs';
import { describeThreeWays, startWorker, type Worker } from './testing/three-ways';

const PROCESSORS = [
  MailProcessor,
  SlowProcessor,
  PartProcessor,
  WholeProcessor,
  TenantProcessor,
  PacedProcessor,
  OnceProcessor,
];

describeThreeWays('what a test sees of its jobs', (way) => {
  let worker: Worker;

  beforeAll(async () => {
    worker = await startWorker(way, PROCESSORS);
  });

  afterAll(() => worker.close());

  beforeEach(() => {
    seen.length = 0;
  });

  /** Adds a job, lets it end, and reads what became of it. */
  async function run(...args: Parameters<ReturnType<typeof mails>['add']>) {
    const { id } = await mails().add(...args);
    await worker.drain();
    return worker.status(mailJob, id);
  }

  const mails = () => worker.producer(mailJob);

  it('a job gets its data as its contract says, and its result is stored', async () => {
    const at = new Date('2027-01-02T00:00:00.000Z');
    expect(await run({ to: 'ada', at })).toMatchObject({
      queue: 'mail',
      state: 'completed',
      progress: 50,
      attempts: { made: 1, max: 3 },
      result: { greeting: 'Hello, ada', year: 2027 },
      failure: undefined,
      children: undefined,
      parent: undefined,
    });
  });

  it('data that break the contract are refused, and nothing is added', async () => {
    await expect(mails().add({ to: 7 as unknown as string })).rejects.toMatchObject({
      problems: [{ field: 'to' }],
    });
    await expect(
      mails().addBulk([{ data: { to: 'ada' } }, { data: { to: 7 as unknown as string } }]),
    ).rejects.toMatchObject({ problems: [{ field: '[1].to' }] });
    await worker.drain();
    expect(seen).toEqual([]);
  });

  it('a result that breaks the contract fails its job at once', async () => {
    const job = await run({ to: 'ada', fail: 'by its result' });
    expect(job).toMatchObject({ state: 'failed', attempts: { made: 1 } });
    expect(job?.failure).toContain('year');
  });

  it('a job is tried again as often as its contract says', async () => {
    expect(await run({ to: 'ada', fail: 'always' })).toMatchObject({
      state: 'failed',
      attempts: { made: 3, max: 3 },
      failure: 'broken 3',
    });
    expect(seen).toEqual(['ada 1', 'ada 2', 'ada 3']);
  });

  it.each(['once', 'until later'])('a job that fails %s is completed later', async (fail) => {
    expect(await run({ to: 'ada', fail })).toMatchObject({
      state: 'completed',
      attempts: { made: 2 },
    });
  });

  it('a job that cannot succeed fails at once', async () => {
    expect(await run({ to: 'ada', fail: 'for good' })).toMatchObject({
      state: 'failed',
      attempts: { made: 1 },
      failure: 'no such address',
    });
  });

  it('a job that takes too long is told to stop, and fails for its timeout', async () => {
    const { id } = await worker.producer(slowJob).add({});
    await worker.drain();
    expect(seen).toEqual(['told to stop']);
    const job = await worker.status(slowJob, id);
    expect(job).toMatchObject({ state: 'failed', attempts: { made: 1 } });
    expect(job?.failure).toContain('100 ms');
  });

  it('a delayed job does not run before its time', async () => {
    const { id } = await mails().add({ to: 'ada' }, { delay: 60 });
    await worker.drain();
    const { enqueuedAt, startedAt } = (await worker.status(mailJob, id)) ?? {};
    // A timer may fire early by the fraction of a millisecond that it truncates.
    expect(Number(startedAt) - Number(enqueuedAt)).toBeGreaterThanOrEqual(60 - 2);
  });

  it('jobs run in the order of their priority, and those without one first', async () => {
    const queue = worker.app.get(Queues).open(mailJob);
    await queue.pause();
    await mails().addBulk([
      { data: { to: 'fifth' }, options: { priority: 5 } },
      { data: { to: 'second' }, options: { priority: 2 } },
      { data: { to: 'first' } },
      { data: { to: 'third' }, options: { priority: 2 } },
    ]);
    await queue.resume();
    await worker.drain();
    expect(seen).toEqual(['first 1', 'second 1', 'third 1', 'fifth 1']);
  });

  it('a job whose id is there already is not added again', async () => {
    const first = await mails().add({ to: 'ada' }, { jobId: 'order-7' });
    const second = await mails().add({ to: 'bob' }, { jobId: 'order-7' });
    expect(second).toEqual(first);
    await worker.drain();
    expect(seen).toEqual(['ada 1']);
  });

  it('a duplicate is dropped until the job has ended', async () => {
    const jobs = worker.producer(onceJob);
    const queue = worker.app.get(Queues).open(onceJob);
    await queue.pause();
    const first = await jobs.add({ account: 'a' });
    expect(await jobs.add({ account: 'a' })).toEqual({ ...first, deduplicated: true });
    expect(await jobs.add({ account: 'b' })).not.toHaveProperty('deduplicated');
    await queue.resume();
    await worker.drain();
    expect(await jobs.add({ account: 'a' })).not.toHaveProperty('deduplicated');
    await worker.drain();
    expect(seen).toEqual(['account a', 'account b', 'account a']);
  });

  it('a parent runs after its children, and knows how they have ended', async () => {
    const data = (size: number) => ({ data: { size } });
    const { id } = await worker.producer(wholeJob).add(
      {},
      {
        children: {
          needed: [data(1), data(2)],
          told: [data(4), data(-8)],
          ignored: [data(16), data(-32)],
        },
      },
    );
    await worker.drain();
    expect(await worker.status(wholeJob, id)).toMatchObject({
      state: 'completed',
      result: { sum: 23, failures: ['a size of -8'] },
      children: { total: 6, open: 0, completed: 4, failed: 2 },
    });
  });

  it('a parent fails with a child that it needs', async () => {
    const children = { needed: [{ data: { size: 1 } }, { data: { size: -1 } }] };
    const { id } = await worker.producer(wholeJob).add({}, { children });
    await worker.drain();
    const job = await worker.status(wholeJob, id);
    expect(job).toMatchObject({ state: 'failed', attempts: { made: 1 } });
    expect(job?.failure).toContain(`Its child "part" ${id}.needed.1 has failed`);
  });

  it('a job that is cancelled before it runs never runs', async () => {
    const { id } = await mails().add({ to: 'ada' }, { delay: 60_000 });
    expect(await mails().cancel(id, { reason: 'A mistake.' })).toBe('cancelled');
    await worker.drain();
    expect(seen).toEqual([]);
    expect(await worker.status(mailJob, id)).toMatchObject({
      state: 'cancelled',
      attempts: { made: 0 },
      failure: 'A mistake.',
    });
    expect(await mails().cancel('nobody')).toBe('not-found');
  });

  it('no more jobs of a key run than its limit allows, and other keys do not wait', async () => {
    const tenants = ['a', 'a', 'a', 'b', 'b'];
    await worker.producer(tenantJob).addBulk(tenants.map((tenant) => ({ data: { tenant } })));
    await worker.drain();
    expect(Object.fromEntries(most)).toEqual({ a: 1, b: 1, all: 2 });
    most.clear();
  });

  it('a worker with a limiter starts no more jobs than that', async () => {
    const added = await worker
      .producer(pacedJob)
      .addBulk([{ data: {} }, { data: {} }, { data: {} }]);
    await worker.drain();
    const jobs = await Promise.all(added.map(({ id }) => worker.status(pacedJob, id)));
    const [first = 0, second = 0, third = 0] = jobs.map((job) => job?.startedAt?.getTime());
    // A timer may fire early by the fraction of a millisecond that it truncates.
    expect(second - first).toBeGreaterThanOrEqual(60 - 2);
    expect(third - second).toBeGreaterThanOrEqual(60 - 2);
  });

  it('jobs of a transaction run if it commits', async () => {
    const transaction = await Transaction.begin(worker.databaseUrl);
    const { id } = await mails().add({ to: 'ada' }, { manager: transaction });
    await worker.drain();
    expect(seen).toEqual([]);
    await transaction.end('COMMIT');
    await worker.drainAfterCommit(mailJob, id);
    expect(seen).toEqual(['ada 1']);
  });

  it('jobs of a transaction that rolls back do not exist', async () => {
    const transaction = await Transaction.begin(worker.databaseUrl);
    const { id } = await mails().add({ to: 'ada' }, { manager: transaction });
    await transaction.end('ROLLBACK');
    await worker.drain();
    expect(seen).toEqual([]);
    expect(await worker.status(mailJob, id)).toBeUndefined();
  });

  it('jobs that were added since a savepoint go with it, and the others stay', async () => {
    const transaction = await Transaction.begin(worker.databaseUrl);
    const before = await mails().add({ to: 'before' }, { manager: transaction });
    await transaction.query('SAVEPOINT inner_one');
    await mails().add({ to: 'inside' }, { manager: transaction });
    await transaction.query('ROLLBACK TO SAVEPOINT inner_one');
    const after = await mails().add({ to: 'after' }, { manager: transaction });
    await transaction.end('COMMIT');
    await worker.drainAfterCommit(mailJob, before.id);
    await worker.drainAfterCommit(mailJob, after.id);
    expect(seen).toEqual(['before 1', 'after 1']);
  });

  it('a manager that is in no transaction is refused', async () => {
    const manager = {
      queryRunner: { isTransactionActive: false, connect: () => Promise.resolve() },
    };
    await expect(mails().add({ to: 'ada' }, { manager })).rejects.toMatchObject({
      code: 'TRANSACTION_REQUIRED',
    });
  });
});
