import { z } from 'zod';
import { defineJob } from '../contract/define-job';
import type { JobSchedules } from '../contract/job-schedule';
import { describeOnEachStore } from '../store/testing/each-store';
import { type Reports, ScheduleBench } from './testing/schedule-bench';

const data = z.object({ deep: z.boolean().default(false) });
let queues = 0;

/** A contract with a queue of its own. */
function newJob(schedule: JobSchedules<typeof data>) {
  queues += 1;
  return defineJob({ name: `cleanup-${queues}`, data, schedule });
}

/** The same contract as another build has it. */
function rebuilt({ name }: { name: string }, schedule?: JobSchedules<typeof data>) {
  return defineJob({ name, data, schedule });
}

describeOnEachStore('schedules', (kind) => {
  let bench: ScheduleBench;
  beforeAll(async () => {
    bench = await ScheduleBench.open(kind);
  });
  afterAll(() => bench.close());

  it('ten replicas that start, and reach a time, in the same millisecond make one run', async () => {
    const job = newJob({
      nightly: { cron: '0 3 * * *', data: { deep: true } },
      often: { every: '1h' },
    });
    bench.at('2027-01-01T02:59:59Z');
    const replicas = Array.from({ length: 10 }, () => bench.start(job));
    const next = await Promise.all(replicas.map((replica) => replica.tick()));
    expect(await bench.times(job)).toEqual([]);
    expect(new Set(next)).toEqual(new Set([Date.parse('2027-01-01T03:00Z')]));
    bench.at('2027-01-01T03:00:00Z');
    await Promise.all(replicas.map((replica) => replica.tick()));
    expect(await bench.times(job)).toEqual(['01-01T03:00', '01-01T03:00']);
    const jobs = await bench.queue(job).getJobs();
    expect(jobs.map(({ data: input }) => input as unknown)).toEqual(
      expect.arrayContaining([{ deep: true }, {}]),
    );
    expect(jobs.map(({ opts }) => opts.attempts)).toEqual([3, 3]);
  });

  it('a time that comes while a run is going is skipped, or waits for its turn', async () => {
    const job = newJob({
      skipping: { every: '1h' },
      queueing: { every: '1h', overlap: 'queue' },
    });
    bench.at('2027-01-01T00:59:00Z');
    const reports: Reports = [];
    const worker = bench.start(job, reports);
    await worker.tick();
    for (const hour of ['01', '02', '03']) {
      bench.at(`2027-01-01T${hour}:00:00Z`);
      await worker.tick();
    }
    expect(reports).toEqual([
      'changed +skipping,queueing ~ -',
      `added scheduled:skipping:${Date.parse('2027-01-01T01:00Z')}`,
      `added scheduled:queueing:${Date.parse('2027-01-01T01:00Z')}`,
      'skipped skipping 2027-01-01T02:00 overlap',
      'skipped skipping 2027-01-01T03:00 overlap',
    ]);
    await bench.finish(job);
    await bench.finish(job);
    // Long after their times, which are not missed: the worker was there.
    bench.at('2027-01-01T03:30:00Z');
    for (let run = 0; run < 2; run += 1) {
      await worker.tick();
      await worker.tick();
      await bench.finish(job);
    }
    expect(await bench.times(job)).toEqual([
      '01-01T01:00',
      '01-01T01:00',
      '01-01T02:00',
      '01-01T03:00',
    ]);
    expect(await bench.fetch(job)).toBeUndefined();
  });

  it('a retry that waits counts as a run that is going', async () => {
    const job = newJob({ every: '1h' });
    bench.at('2027-01-01T00:59:00Z');
    const reports: Reports = [];
    const worker = bench.start(job, reports);
    await worker.tick();
    bench.at('2027-01-01T01:00:00Z');
    await worker.tick();
    const run = await bench.fetch(job);
    await run?.moveToFailed(new Error('later'), 'token', false);
    expect(await run?.getState()).toBe('delayed');
    bench.at('2027-01-01T02:00:00Z');
    await worker.tick();
    expect(reports.at(-1)).toBe('skipped default 2027-01-01T02:00 overlap');
  });

  it('times that no worker was there for are made up for once, or not at all', async () => {
    const job = newJob({
      once: { every: '1h' },
      never: { every: '1h', missed: 'skip' },
    });
    bench.at('2027-01-01T00:30:00Z');
    await bench.start(job).tick();
    bench.at('2027-01-01T04:30:00Z');
    const reports: Reports = [];
    const later = bench.start(job, reports);
    await later.tick();
    await later.tick();
    expect(reports).toEqual([
      `added scheduled:once:${Date.parse('2027-01-01T04:00Z')}`,
      'skipped never 2027-01-01T04:00 missed',
    ]);
    // A worker that comes a minute late has missed nothing.
    bench.at('2027-01-01T05:01:00Z');
    await bench.finish(job);
    await bench.start(job).tick();
    expect(await bench.times(job)).toEqual(['01-01T04:00', '01-01T05:00', '01-01T05:00']);
  });

  it('a rolling deployment does not flap, and one that is rolled back takes effect', async () => {
    const old = newJob({ a: { every: '1h' }, gone: { every: '1h' } });
    const newer = rebuilt(old, { a: { every: '2h' }, b: { every: '1h' } });
    bench.at('2027-01-01T00:30:00Z');
    const reports: Reports = [];
    const oldWorker = bench.start(old, reports);
    await oldWorker.tick();
    const newWorker = bench.start(newer, reports);
    await newWorker.tick();
    const lateOldWorker = bench.start(old, reports);
    await lateOldWorker.tick();
    await oldWorker.tick();
    expect(reports).toEqual(['changed +a,gone ~ -', 'changed +b ~a -gone', 'standby', 'standby']);
    // The change itself fires nothing; the old build adds nothing any more.
    bench.at('2027-01-01T01:00:00Z');
    await Promise.all([oldWorker, newWorker, lateOldWorker].map((worker) => worker.tick()));
    expect((await bench.queue(old).getJobs()).map(({ id }) => id)).toEqual([
      `scheduled:b:${Date.parse('2027-01-01T01:00Z')}`,
    ]);
    // Rolled back: the workers of the newer build end.
    for (const second of ['00', '20', '40', '59']) {
      bench.at(`2027-01-01T01:00:${second}Z`);
      await lateOldWorker.tick();
    }
    expect((await bench.state(old))?.schedules).toHaveProperty('b');
    bench.at('2027-01-01T01:01:00Z');
    await lateOldWorker.tick();
    expect(reports.at(-1)).toBe('changed +gone ~a -b');
    bench.at('2027-01-01T02:00:00Z');
    await lateOldWorker.tick();
    expect(await bench.times(old)).toEqual(['01-01T01:00', '01-01T02:00', '01-01T02:00']);
  });

  it('a changed schedule begins with its next time, one of which only the data differs goes on', async () => {
    const job = newJob({ moved: { cron: '0 3 * * *' }, same: { cron: '0 3 * * *' } });
    bench.at('2027-01-01T02:00:00Z');
    await bench.start(job).tick();
    const changed = rebuilt(job, {
      moved: { cron: '0 1 * * *' },
      same: { cron: '0 3 * * *', data: { deep: true } },
      'at-once': { cron: '0 1 * * *', runOnChange: true },
    });
    bench.at('2027-01-01T03:01:00Z');
    await bench.start(changed).tick();
    expect(await bench.times(job)).toEqual(['01-01T03:00', '01-01T03:01']);
    const state = await bench.state(job);
    expect(state?.schedules['moved']?.next).toBe(Date.parse('2027-01-02T01:00Z'));
  });

  it('schedules that left the contract are removed, and forgotten when no build can have them', async () => {
    const job = newJob({ every: '1h' });
    bench.at('2027-01-01T00:30:00Z');
    const oldWorker = bench.start(job);
    await oldWorker.tick();
    const empty = bench.start(rebuilt(job));
    await empty.tick();
    bench.at('2027-01-01T01:00:00Z');
    await empty.tick();
    await oldWorker.tick();
    expect(await bench.times(job)).toEqual([]);
    bench.at('2027-01-01T01:40:00Z');
    expect(await empty.tick()).toBeUndefined();
    expect(await bench.state(job)).toBeUndefined();
    // A contract that never had any leaves nothing.
    const plain = newJob({});
    expect(await bench.start(plain).tick()).toBeUndefined();
    expect(await bench.state(plain)).toBeUndefined();
  });

  it('schedules made by hand are left alone', async () => {
    const job = newJob({ every: '1h' });
    const queue = bench.queue(job);
    await queue.upsertJobScheduler('by-hand', { pattern: '0 3 * * *' });
    bench.at('2027-01-01T00:30:00Z');
    await bench.start(job).tick();
    await bench.start(rebuilt(job, { other: { every: '1h' } })).tick();
    expect((await queue.getJobSchedulers()).map(({ key }) => key)).toEqual(['by-hand']);
  });

  it("a run that the contract's dedupe drops is skipped", async () => {
    queues += 1;
    const job = defineJob({
      name: `cleanup-${queues}`,
      data,
      dedupe: () => 'one',
      schedule: { every: '1h' },
    });
    bench.at('2027-01-01T00:30:00Z');
    await bench.queue(job).add(job.name, {}, { deduplication: { id: 'one' } });
    const reports: Reports = [];
    const worker = bench.start(job, reports);
    await worker.tick();
    bench.at('2027-01-01T01:00:00Z');
    await worker.tick();
    expect(reports.at(-1)).toBe('skipped default 2027-01-01T01:00 duplicate');
    await bench.finish(job);
    bench.at('2027-01-01T02:00:00Z');
    await worker.tick();
    expect(reports.at(-1)).toMatch(/^added scheduled:default:/);
  });

  it('when the clocks are changed, a daily schedule has one run a day', async () => {
    const job = newJob({
      gap: { cron: '30 2 * * *', timezone: 'Europe/Berlin' },
      midnight: { cron: '0 0 * * *', timezone: 'Africa/Cairo' },
    });
    bench.at('2027-03-27T12:00:00Z');
    const worker = bench.start(job);
    await worker.tick();
    while (bench.now < Date.parse('2027-03-29T12:00Z')) {
      // Each next time, and not every quarter of a minute until then.
      const state = await bench.state(job);
      const times = Object.values(state?.schedules ?? {}).map((entry) => entry.next ?? 0);
      bench.now = Math.min(...times);
      expect(await worker.tick()).toBeGreaterThan(bench.now);
      await bench.finish(job);
    }
    expect(await bench.times(job)).toEqual([
      '03-27T22:00',
      '03-28T01:30',
      '03-28T22:00',
      '03-29T00:30',
      '03-29T22:00',
    ]);
  });
});
