import { setTimeout as sleep } from 'node:timers/promises';
import { type INestApplicationContext, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { until } from '@libs/testing';
import { DeadJobs, defineJob, JobsReader, QueueModule, QueueUnreachableError } from '..';
import { JobHost, JobProcessor, QueueWorkerModule } from '../consumer';
import type { JobContext } from '../attempt/job-context';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import type { CancelOutcome } from './cancel-outcome';

const dashJob = defineJob({
  name: 'dash',
  data: z.object({ takes: z.number(), fails: z.boolean(), obeys: z.boolean() }),
  options: { attempts: 2, backoff: 5 },
});

const begun = new Set<string>();

@JobProcessor(dashJob, { concurrency: 4 })
class DashProcessor extends JobHost<typeof dashJob> {
  async handle({ data, job: { id = '' }, signal }: JobContext<typeof dashJob>) {
    begun.add(id);
    await sleep(data.takes, undefined, data.obeys ? { signal } : {});
    if (data.fails) throw new Error('tripped');
  }
}

const ENDS: readonly CancelOutcome[] = ['cancelled', 'completed', 'failed'];

describeOnEachStore('cancels that cross with what workers do', (kind) => {
  let store: TestStore;
  const apps: INestApplicationContext[] = [];
  /** How each job has ended, as observers have heard it. */
  const heard = new Map<string, string[]>();

  beforeAll(async () => {
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    store = await createTestStore(kind);
    heard.clear();
    begun.clear();
    for (const processors of [[], [DashProcessor], [DashProcessor]]) {
      apps.push(await start(processors));
    }
  });

  afterAll(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await store.drop();
  });

  async function start(processors: (typeof DashProcessor)[]): Promise<INestApplicationContext> {
    const hear = (id: string, end: string) => heard.set(id, [...(heard.get(id) ?? []), end]);
    const observers = [
      {
        jobCompleted: ({ id }: { id: string }) => void hear(id, 'completed'),
        jobCancelled: ({ id }: { id: string }) => void hear(id, 'cancelled'),
        attemptFailed: ({ id, retryIn }: { id: string; retryIn: number | undefined }) => {
          if (retryIn === undefined) hear(id, 'failed');
        },
      },
    ];
    const builder = Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url, observers, shutdownDeadline: 2_000 }),
        QueueModule.forFeature(dashJob),
        QueueWorkerModule.forProcessors(processors),
      ],
    });
    const app = await builder.compile();
    app.useLogger(false);
    return app.init();
  }

  const of = <Type>(token: abstract new (...args: never[]) => Type) =>
    (apps[0] as INestApplicationContext).get(token);
  const dashes = () =>
    (apps[0] as INestApplicationContext).get<JobProducer<typeof dashJob>>(
      getJobProducerToken(dashJob),
      { strict: false },
    );

  it('end each job once, as the answer says', async () => {
    // The same on every run, and as mixed as if it were random.
    const jobs = Array.from({ length: 90 }, (_, index) => ({
      data: { takes: (index * 37) % 120, fails: index % 5 === 0, obeys: index % 3 !== 0 },
      options: { delay: (index * 53) % 90, priority: (index * 7) % 3 },
    }));
    const added = await dashes().addBulk(jobs);
    const outcomes = await Promise.all(
      added.map(async ({ id }, index) => {
        await sleep((index * 29) % 400);
        // As long as it takes on a busy machine.
        const cancel = () => dashes().cancel(id, { wait: 60_000 });
        const answers = [cancel()];
        // A second canceller comes a moment later.
        if (index % 4 === 0) answers.push(cancel());
        return { id, answers: await Promise.all(answers) };
      }),
    );
    for (const { id, answers } of outcomes) {
      const [answer = 'not-found'] = answers;
      expect(ENDS).toContain(answer);
      expect(new Set(answers)).toEqual(new Set([answer]));
      expect({ id, state: (await of(JobsReader).get('dash', id))?.state }).toEqual({
        id,
        state: answer,
      });
      await until(() => heard.has(id));
      expect({ id, ends: heard.get(id) }).toEqual({ id, ends: [answer] });
    }
    const all = outcomes.flatMap(({ answers: [answer] }) => answer);
    expect(all).toEqual(expect.arrayContaining(['cancelled', 'completed']));
    // The dead are those that have failed by themselves.
    const failed = all.filter((answer) => answer === 'failed').length;
    expect((await of(DeadJobs).list({ queue: 'dash' })).total).toBe(failed);
    const { total } = await of(DeadJobs).list({ queue: 'dash', cancelled: true });
    expect(total).toBe(all.filter((answer) => answer === 'cancelled').length);
  });

  it('go through when the store is lost meanwhile', async () => {
    const { id } = await dashes().add({ takes: 60_000, fails: false, obeys: true });
    await until(() => begun.has(id));
    const cancelling = dashes()
      .cancel(id)
      .catch((error: unknown) => {
        expect(error).toBeInstanceOf(QueueUnreachableError);
      });
    await store.endConnections();
    await cancelling;
    // Asked again, as the error says.
    const outcome = await until(() =>
      dashes()
        .cancel(id)
        .catch(() => undefined),
    );
    expect(outcome).toBe('cancelled');
    expect((await of(JobsReader).get('dash', id))?.state).toBe('cancelled');
  });
});
