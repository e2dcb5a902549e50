import { z } from 'zod';
import { until } from '@libs/testing';
import type { JobContext } from '../attempt/job-context';
import { defineJob } from '../contract/define-job';
import { InvalidScheduleError } from '../contract/job-schedule.errors';
import type { ScheduledRun } from '../contract/scheduled-run';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { startProcessor, type QueueHarness } from '../testing';
import { Schedules } from './schedules';
import { parseState } from './schedule-state';
import { stateStore } from './state-store';
import { QueueStore } from '../store/queue-store';

const tickJob = defineJob({
  name: 'tick',
  data: z.object({ fail: z.boolean() }),
  options: { attempts: 1 },
  schedule: {
    good: { every: '1s', data: { fail: false } },
    bad: { every: '1s', data: { fail: true } },
  },
});

const runs: (ScheduledRun | undefined)[] = [];

@JobProcessor(tickJob, { concurrency: 2 })
class TickProcessor extends JobHost<typeof tickJob> {
  handle({ data, schedule }: JobContext<typeof tickJob>) {
    runs.push(schedule);
    if (data.fail) throw new Error('as asked');
  }
}

const laterJob = defineJob({
  name: 'later',
  data: z.object({ day: z.string() }).refine(({ day }) => Promise.resolve(day !== 'sunday')),
  schedule: { every: '1d', data: { day: 'sunday' } },
});

@JobProcessor(laterJob)
class LaterProcessor extends JobHost<typeof laterJob> {
  handle() {
    // It is never called.
  }
}

const onceJob = defineJob({
  name: 'once',
  data: z.object({}),
  dedupe: () => 'one',
  schedule: { every: '1d' },
});

@JobProcessor(onceJob)
class OnceProcessor extends JobHost<typeof onceJob> {
  handle() {
    return undefined;
  }
}

describeOnEachStore('a worker with schedules', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof tickJob>;

  beforeAll(async () => {
    store = await createTestStore(kind);
    runs.length = 0;
    harness = await startProcessor(TickProcessor, { url: store.url });
  });
  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  it('adds a job at each time, which the handler is told, and knows how the runs have ended', async () => {
    const good = () => runs.flatMap((run) => (run?.name === 'good' ? [run.at.getTime()] : []));
    const { access } = harness.app.get(QueueStore);
    const outcomes = async () => {
      const text = (await stateStore(access).read(['tick'])).get('tick');
      const { schedules = {} } = parseState(text) ?? {};
      return ['good', 'bad'].map((name) => schedules[name]?.runs.at(-1)?.outcome);
    };
    await until(async () => good().length >= 2 && (await outcomes()).join() === 'completed,failed');
    const [first = 0, second] = good();
    expect(first % 1_000).toBe(0);
    expect(second).toBe(first + 1_000);
    expect(runs.every((run) => run?.manual === false)).toBe(true);
    const snapshot = await harness.jobs.get('tick', `scheduled:bad:${first}`);
    expect(snapshot).toMatchObject({ state: 'failed', failure: 'as asked' });
  });

  it('lists its schedules with the next and the last runs, and runs one at once', async () => {
    const schedules = harness.app.get(Schedules);
    const { id } = await schedules.run('tick', 'good');
    const ended = async () => (await harness.jobs.get('tick', id))?.state === 'completed';
    await until(ended);
    expect(runs.filter((run) => run?.manual)).toMatchObject([{ name: 'good' }]);
    const [good, bad, ...others] = await schedules.list({ queue: 'tick', count: 2 });
    expect(others).toEqual([]);
    expect(good).toMatchObject({ name: 'good', expression: 'every 1s', inEffect: true });
    expect(good?.next).toHaveLength(2);
    expect(bad?.last?.id).toMatch(/^scheduled:bad:/);
    await expect(schedules.run('tick', 'god')).rejects.toThrow('Did you mean "good"?');
    await expect(schedules.list({ queue: 'tock' })).rejects.toThrow('There is no queue "tock"');
  });

  it("keeps its latest run if the contract's dedupe drops one that is started by hand", async () => {
    const once = await startProcessor(OnceProcessor, { url: store.url });
    const schedules = once.app.get(Schedules);
    const status = async () => (await schedules.list({ queue: 'once' }))[0];
    const last = async () => (await status())?.last;
    await until(async () => (await status())?.inEffect);
    const { id } = await schedules.run('once', 'default');
    await until(async () => (await last())?.outcome === 'completed');
    await once.app.get(OnceProcessor, { strict: false }).worker.pause();
    const waiting = await once.producer.add({});
    expect(await schedules.run('once', 'default')).toEqual({ ...waiting, deduplicated: true });
    expect(await last()).toMatchObject({ id, outcome: 'completed' });
    await once.close();
  });

  it('does not start if the contract refuses the data, which only it could find out', async () => {
    await expect(startProcessor(LaterProcessor, { url: store.url })).rejects.toThrow(
      InvalidScheduleError,
    );
  });
});
