import { type INestApplicationContext, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import fc from 'fast-check';
import { until } from '@libs/testing';
import { QueueWorkerModule } from '../consumer';
import type { JobContract } from '../contract/job-contract';
import { Queues } from '../queues/queues';
import { JobsReader } from '../reader/jobs-reader';
import { ScheduleRunner } from '../schedules/schedule-runner';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { QueueModule } from './queue.module';
import { flowJob, PROCESSORS, runJob, slotJob, taskJob, world } from './testing/model-jobs';
import { journal } from './testing/model-journal';
import { breachesOf, type States } from './testing/model-laws';
import { ModelPlayer } from './testing/model-play';
import { ModelSchedule } from './testing/model-schedule';
import { sequence, type Step } from './testing/model-steps';

/*
 * In libs/queue. A long run:   QUEUE_MODEL_RUNS=500 npx jest any-sequence
 * A sequence that failed:      QUEUE_MODEL_SEED=123 QUEUE_MODEL_RUNS=1 npx jest any-sequence
 */
const RUNS = Number(process.env['QUEUE_MODEL_RUNS'] ?? 3);
const SEED = Number(process.env['QUEUE_MODEL_SEED'] ?? Math.floor(Math.random() * 1e9));

/** In milliseconds. */
const LIMIT = 20_000;

const JOBS: readonly JobContract[] = [taskJob, slotJob, runJob, flowJob];

describeOnEachStore('two workers, whatever is done to their queues,', (kind) => {
  let store: TestStore;
  const apps: INestApplicationContext[] = [];

  beforeAll(async () => {
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    store = await createTestStore(kind);
    for (let index = 0; index < 2; index += 1) {
      const builder = Test.createTestingModule({
        imports: [
          QueueModule.forRoot({ url: store.url }),
          ...JOBS.map((job) => QueueModule.forFeature(job)),
          QueueWorkerModule.forProcessors(PROCESSORS),
        ],
      });
      // The schedules have a clock that the test sets.
      const stopped = { start: () => Promise.resolve(), stop: () => Promise.resolve() };
      const app = await builder.overrideProvider(ScheduleRunner).useValue(stopped).compile();
      app.useLogger(false);
      apps.push(await app.init());
    }
  });

  afterAll(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await store.drop();
  });

  const queues = () =>
    JOBS.map((job) => (apps[0] as INestApplicationContext).get(Queues).open(job));

  async function open(): Promise<number> {
    const states = ['waiting', 'active', 'delayed', 'prioritized', 'waiting-children'] as const;
    const counts = await Promise.all(queues().map((queue) => queue.getJobCountByTypes(...states)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Waits until every job has ended, and no time of the schedule waits for the end of a run. */
  async function untilQuiet(schedule: ModelSchedule): Promise<void> {
    for (let known = -1; known !== journal.stories.size;) {
      known = journal.stories.size;
      await until(async () => (await open()) === 0, { timeout: LIMIT, interval: 5 }).catch(() => {
        throw new Error(`Something has waited for ${LIMIT} ms.`);
      });
      await schedule.tick();
    }
  }

  async function states(): Promise<States> {
    const reader = (apps[0] as INestApplicationContext).get(JobsReader);
    return new Map(
      await Promise.all(
        [...journal.stories.values()].map(
          async (story) => [story, (await reader.get(story.queue, story.id))?.state] as const,
        ),
      ),
    );
  }

  async function allBreaches(schedule: ModelSchedule): Promise<string[]> {
    const runs = await (apps[0] as INestApplicationContext).get(Queues).open(runJob).getJobs();
    return [...breachesOf(await states()), ...schedule.breaches(runs.map(({ id = '' }) => id))];
  }

  /** Plays a sequence. @returns what was not as it must be */
  async function play(steps: readonly (readonly Step[])[]): Promise<string[]> {
    const [app] = apps as [INestApplicationContext];
    journal.clear();
    world.isBroken = true;
    const schedule = new ModelSchedule(app);
    const player = new ModelPlayer(app, schedule);
    await schedule.begin();
    await player.play(steps);
    await player.resumeAll();
    await untilQuiet(schedule);
    const breaches = await allBreaches(schedule);

    // What broke the jobs is mended: the dead ones can complete, and take their parents with them.
    world.isBroken = false;
    for (const queues of [['task', 'slot', 'run'], ['flow']] as const) {
      for (const queue of queues) await player.redriveAll(queue);
      await untilQuiet(schedule);
      breaches.push(...(await allBreaches(schedule)));
    }
    await schedule.forget();
    for (const queue of queues()) await queue.obliterate({ force: true });
    return breaches;
  }

  it(
    'end each job once, lose none, and run none that was cancelled or is paused',
    async () => {
      for (let seed = SEED; seed < SEED + RUNS; seed += 1) {
        const [steps = []] = fc.sample(sequence, { seed, numRuns: 1 });
        const breaches = await play(steps).catch(async (error: unknown) => [
          String(error),
          ...breachesOf(await states()),
        ]);
        if (breaches.length === 0) continue;
        const found = breaches.map((breach) => `- ${breach}`).join('\n');
        const played = steps.map((group) => JSON.stringify(group)).join('\n');
        throw new Error(`QUEUE_MODEL_SEED=${seed}\n${found}\nThe steps, by groups:\n${played}`);
      }
    },
    60_000 + RUNS * 10_000,
  );
});
