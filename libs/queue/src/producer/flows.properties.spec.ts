import { type INestApplicationContext, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import fc from 'fast-check';
import { until } from '@libs/testing';
import { DeadJobs, JobCancellation, JobNotDeadError, JobsReader, QueueModule } from '..';
import { QueueWorkerModule } from '../consumer';
import { RedriveRefusedError } from '../dead/dead-jobs.errors';
import { Queues } from '../queues/queues';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { getJobProducerToken } from './inject-job.decorator';
import type { JobProducer } from './job-producer';
import {
  dayJob,
  DayProcessor,
  monthJob,
  MonthProcessor,
  StampProcessor,
  world,
  yearJob,
  YearProcessor,
} from './testing/flow.processors';

/** How many flows there are, and what is done to their jobs while they run. */
const FLOWS = 12;
const ACTIONS = 60;

const GROUPS = ['days', 'tolerated', 'optional'] as const;

interface Child {
  readonly group: (typeof GROUPS)[number];
  readonly number: number;
  readonly fails: boolean;
  readonly delay: number;
}

const child = fc.record({
  group: fc.constantFrom(...GROUPS),
  number: fc.integer({ min: 1, max: 9 }),
  fails: fc.boolean(),
  delay: fc.integer({ min: 0, max: 60 }),
});

const flow = fc.array(fc.array(child, { maxLength: 4 }), { minLength: 1, maxLength: 3 });

const action = fc.record({
  what: fc.constantFrom('remove', 'cancel', 'redrive', 'redrive parent', 'cancel parent', 'clean'),
  flow: fc.nat({ max: FLOWS - 1 }),
  month: fc.nat({ max: 2 }),
  group: fc.constantFrom(...GROUPS),
  index: fc.nat({ max: 2 }),
  pause: fc.integer({ min: 0, max: 10 }),
});

describeOnEachStore('flows whose jobs are removed, cancelled and redriven', (kind) => {
  let store: TestStore;
  const apps: INestApplicationContext[] = [];

  beforeAll(async () => {
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    store = await createTestStore(kind);
    for (let index = 0; index < 2; index += 1) {
      const app = await Test.createTestingModule({
        imports: [
          QueueModule.forRoot({ url: store.url }),
          QueueModule.forFeature(yearJob),
          QueueWorkerModule.forProcessors([
            DayProcessor,
            MonthProcessor,
            StampProcessor,
            YearProcessor,
          ]),
        ],
      }).compile();
      app.useLogger(false);
      apps.push(await app.init());
    }
  });

  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await store.drop();
  });

  it('all end, and what they completed with is complete', async () => {
    const seed = Math.floor(Math.random() * 1e9);
    const [flows, actions] = [
      fc.sample(flow, { seed, numRuns: FLOWS }),
      fc.sample(action, { seed, numRuns: ACTIONS }),
    ];
    const [app] = apps as [INestApplicationContext];
    const years = app.get<JobProducer<typeof yearJob>>(getJobProducerToken(yearJob), {
      strict: false,
    });
    world.isBroken = true;
    const ids = await Promise.all(flows.map(async (months) => (await add(years, months)).id));
    for (const step of actions) {
      await new Promise((resolve) => setTimeout(resolve, step.pause));
      await act(app, step, ids[step.flow] ?? '');
    }
    await untilAllEnded(app, seed);

    world.isBroken = false;
    for (const queue of ['day', 'month', 'year']) await app.get(DeadJobs).redriveAll(queue);
    await untilAllEnded(app, seed);
    for (const [index, months] of flows.entries()) {
      for (const [place, children] of months.entries()) {
        const id = `${ids[index] ?? ''}.months.${place}`;
        const month = await app.get(JobsReader).get('month', id);
        if (month?.state !== 'completed') continue;
        const needed = children.filter(({ group }) => group === 'days');
        const sum = needed.reduce((total, { number }) => total + number, 0);
        const { orders } = month.result as { orders: number };
        expect({ seed, id, isComplete: orders >= sum }).toEqual({ seed, id, isComplete: true });
      }
    }
  });
});

function add(years: JobProducer<typeof yearJob>, months: readonly (readonly Child[])[]) {
  const below = (children: readonly Child[], name: Child['group']) =>
    children
      .filter(({ group }) => group === name)
      .map(({ number, fails, delay }) => ({
        data: { date: `2027-01-0${number}`, mode: fails ? ('fail' as const) : ('count' as const) },
        options: { delay },
      }));
  return years.add(
    {},
    {
      children: {
        months: months.map((children) => ({
          data: {},
          children: {
            days: below(children, 'days'),
            tolerated: below(children, 'tolerated'),
            optional: below(children, 'optional'),
          },
        })),
      },
    },
  );
}

interface Step {
  readonly what: string;
  readonly month: number;
  readonly group: string;
  readonly index: number;
}

async function act(app: INestApplicationContext, step: Step, id: string): Promise<void> {
  const month = `${id}.months.${step.month}`;
  const day = `${month}.${step.group}.${step.index}`;
  const days = app.get(Queues).open(dayJob);
  const dead = app.get(DeadJobs);
  switch (step.what) {
    case 'remove':
      // It may run.
      await (await days.getJob(day))?.remove().catch(() => undefined);
      break;
    case 'cancel':
      await app.get(JobCancellation).cancel('day', day, { wait: 0 });
      break;
    case 'cancel parent':
      await app.get(JobCancellation).cancel('month', month, { wait: 0 });
      break;
    case 'redrive':
      await dead.redrive('day', day).catch(unlessRefused);
      break;
    case 'redrive parent':
      await dead.redrive('month', month).catch(unlessRefused);
      break;
    case 'clean':
      await days.clean(0, 3, 'completed');
      break;
  }
}

function unlessRefused(error: unknown): void {
  if (error instanceof JobNotDeadError || error instanceof RedriveRefusedError) return;
  throw error;
}

async function untilAllEnded(app: INestApplicationContext, seed: number): Promise<void> {
  const open = async () => {
    const counts = await Promise.all(
      [yearJob, monthJob, dayJob].map((job) =>
        app
          .get(Queues)
          .open(job)
          .getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized', 'waiting-children'),
      ),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await until(async () => (await open()) === 0, {
    timeout: 20_000,
    what: `all jobs to end (seed ${seed})`,
  });
}
