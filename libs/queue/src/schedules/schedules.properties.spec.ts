import fc from 'fast-check';
import { z } from 'zod';
import { defineJob } from '../contract/define-job';
import type { JobSchedule } from '../contract/job-schedule';
import type { JobContract } from '../contract/job-contract';
import { describeOnEachStore } from '../store/testing/each-store';
import type { QueueSchedules } from './queue-schedules';
import { ScheduleBench } from './testing/schedule-bench';

const data = z.object({});
const START = Date.parse('2027-01-01T00:00Z');
const PERIOD = 60_000;
let queues = 0;

type Step =
  | { kind: 'tick'; worker: number }
  | { kind: 'restart'; worker: number }
  | { kind: 'wait'; time: number }
  | { kind: 'finish' }
  | { kind: 'both' };

/** What happens next: to a worker process (0 or 1, or a new one in its place), to the clock, to a run. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('tick' as const), worker: fc.nat(1) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      time: fc.integer({ min: 1, max: 90 }).map((seconds) => seconds * 1_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('finish' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), worker: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('both' as const) }) },
);

/** Two workers look at least every 90 seconds, so no time is missed. */
async function play(bench: ScheduleBench, job: JobContract, steps: readonly Step[]) {
  bench.now = START;
  const workers: QueueSchedules[] = [bench.start(job), bench.start(job)];
  await workers[0]?.tick();
  for (const next of steps) {
    switch (next.kind) {
      case 'tick':
        await workers[next.worker]?.tick();
        break;
      case 'restart':
        workers[next.worker] = bench.start(job);
        break;
      case 'both':
        await Promise.all(workers.map((worker) => worker.tick()));
        break;
      case 'finish':
        await bench.finishIfAny(job);
        break;
      case 'wait':
        bench.now += next.time;
        await workers[0]?.tick();
    }
  }
  return workers;
}

/** The times of a schedule from its start until now. */
function allTimes(bench: ScheduleBench): string[] {
  const count = Math.floor((bench.now - START) / PERIOD);
  return Array.from({ length: count }, (_, index) =>
    new Date(START + (index + 1) * PERIOD).toISOString().slice(5, 16),
  );
}

function newJob(schedule: JobSchedule<typeof data>) {
  queues += 1;
  return defineJob({ name: `random-${queues}`, data, schedule });
}

describeOnEachStore('two workers, whatever happens to them,', (kind) => {
  let bench: ScheduleBench;
  beforeAll(async () => {
    bench = await ScheduleBench.open(kind);
  });
  afterAll(() => bench.close());

  it('run each time of a queueing schedule once and in order, one run at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const job = newJob({ every: PERIOD, overlap: 'queue' });
        const [worker] = await play(bench, job, steps);
        expect(await bench.unfinished(job)).toBeLessThanOrEqual(1);
        // What still waits for its turn.
        for (let left = allTimes(bench).length; left >= 0; left -= 1) {
          await worker?.tick();
          await bench.finishIfAny(job);
        }
        expect(await bench.times(job)).toEqual(allTimes(bench));
      }),
      { numRuns: 12 },
    );
  });

  it('run no time of a skipping schedule twice, and none beside an earlier run', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const job = newJob({ every: PERIOD });
        await play(bench, job, steps);
        expect(await bench.unfinished(job)).toBeLessThanOrEqual(1);
        const times = await bench.times(job);
        expect(new Set(times).size).toBe(times.length);
        expect(allTimes(bench)).toEqual(expect.arrayContaining(times));
        expect(times[0]).toBe(allTimes(bench)[0]);
      }),
      { numRuns: 12 },
    );
  });
});
