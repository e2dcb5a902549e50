import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Logger } from '@nestjs/common';
import { getQueueToken } from '@nestjs/bullmq';
import { Test } from '@nestjs/testing';
import type { ContextManager, Queue, Span, Telemetry, Tracer } from 'bullmq';
import * as z from 'zod';
import { until } from '@libs/testing';
import { defineJob, QueueModule } from '..';
import { JobHost, JobProcessor, NonRetryableError, QueueWorkerModule } from '../consumer';
import type { JobContext } from '../attempt/job-context';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { QUEUE_CHANNELS } from './channel.observer';
import { combineObservers } from './observers';
import type { QueueEventMap, QueueObserver } from './queue-observer';

const letterJob = defineJob({
  name: 'letter',
  data: z.object({ failures: z.number(), isLost: z.boolean() }),
  options: { attempts: 3, backoff: { type: 'fixed', delay: 1 } },
});

@JobProcessor(letterJob, { metrics: { maxDataPoints: 60 } })
class LetterProcessor extends JobHost<typeof letterJob> {
  async handle({ data, attempt, progress }: JobContext<typeof letterJob>) {
    if (data.isLost) throw new NonRetryableError('No such address.');
    if (attempt <= data.failures) throw new Error('The post office is closed.');
    await progress(50);
  }
}

type Seen = {
  [Name in keyof QueueEventMap]: { name: Name; event: QueueEventMap[Name] };
}[keyof QueueEventMap];

/** Records every event. */
function recorder(seen: Seen[]): QueueObserver {
  const methods = Object.keys(QUEUE_CHANNELS).map((name) => [
    name,
    (event: unknown) => seen.push({ name, event } as Seen),
  ]);
  return Object.fromEntries(methods) as QueueObserver;
}

describeOnEachStore('what happens to jobs', (kind) => {
  let store: TestStore;

  beforeEach(async () => {
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    store = await createTestStore(kind);
  });

  afterEach(() => store.drop());

  async function start(options: { observers?: QueueObserver[]; telemetry?: Telemetry }) {
    const builder = Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url, ...options }),
        QueueModule.forFeature(letterJob),
        QueueWorkerModule.forProcessors([LetterProcessor]),
      ],
    });
    const app = await builder.compile();
    app.useLogger(false);
    await app.init();
    const producer = app.get<JobProducer<typeof letterJob>>(getJobProducerToken(letterJob), {
      strict: false,
    });
    return { app, producer };
  }

  it('is told to an observer, from the add to the end', async () => {
    const seen: Seen[] = [];
    const { app, producer } = await start({ observers: [recorder(seen)] });
    const of = (id: string) =>
      seen.filter(({ event }) => event !== undefined && 'id' in event && event.id === id);

    const { id } = await producer.add({ failures: 1, isLost: false });
    await until(() => of(id).some(({ name }) => name === 'jobCompleted'));
    const lost = await producer.add({ failures: 0, isLost: true });
    await until(() => of(lost.id).some(({ name }) => name === 'attemptFailed'));
    await app.close();

    // A worker may begin an attempt before the producer has its answer.
    expect(seen).toContainEqual({
      name: 'jobsAdded',
      event: { queue: 'letter', ids: [id], inTransaction: false },
    });
    expect(of(id)).toMatchObject([
      { name: 'attemptStarted', event: { queue: 'letter', attempt: 1 } },
      { name: 'attemptFailed', event: { attempt: 1, maxAttempts: 3, retryIn: 1 } },
      { name: 'attemptStarted', event: { attempt: 2, waited: undefined } },
      { name: 'jobProgressed', event: { progress: 50 } },
      { name: 'jobCompleted', event: { attempt: 2, duration: expect.any(Number) as number } },
    ]);
    expect(of(lost.id).at(-1)).toMatchObject({
      name: 'attemptFailed',
      event: { attempt: 1, retryIn: undefined, error: { message: 'No such address.' } },
    });
  });

  it('is published on the channels of Node', async () => {
    const ids: unknown[] = [];
    const remember = (event: unknown) => void ids.push((event as { id: string }).id);
    subscribe(QUEUE_CHANNELS.jobCompleted, remember);
    const { app, producer } = await start({});
    const { id } = await producer.add({ failures: 0, isLost: false });
    await until(() => ids.length > 0);
    await app.close();
    unsubscribe(QUEUE_CHANNELS.jobCompleted, remember);
    expect(ids).toEqual([id]);
  });

  it('is traced by BullMQ with the telemetry of the application, and counted by its metrics', async () => {
    const telemetry = new SpanNames();
    const { app, producer } = await start({ telemetry });
    await producer.add({ failures: 0, isLost: false });
    const queue = app.get<Queue>(getQueueToken('letter'), { strict: false });
    await until(async () => (await queue.getMetrics('completed')).meta.count > 0);
    await app.close();
    expect(telemetry.names).toEqual(
      expect.arrayContaining(['add letter.letter', 'process letter']),
    );
  });
});

describe('an observer that throws', () => {
  it('disturbs neither the others nor what is observed', () => {
    const seen: string[] = [];
    const observer = combineObservers([
      {
        storeBack: () => {
          throw new Error('broken');
        },
      },
      { storeBack: ({ store }) => void seen.push(store) },
    ]);
    observer.storeBack({ store: 'db/jobs' });
    observer.outboxCaughtUp(undefined);
    expect(seen).toEqual(['db/jobs']);
  });
});

/** The minimal telemetry that BullMQ accepts; it records the names of its spans. */
class SpanNames implements Telemetry {
  readonly names: string[] = [];

  readonly tracer: Tracer = {
    startSpan: (name) => {
      this.names.push(name);
      return new NoSpan();
    },
  };

  readonly contextManager: ContextManager = {
    with: (_, run): never => run() as never,
    active: () => ({}),
    getMetadata: () => '',
    fromMetadata: () => ({}),
  };
}

class NoSpan implements Span {
  setSpanOnContext = (context: unknown) => context;
  setAttribute = () => undefined;
  setAttributes = () => undefined;
  addEvent = () => undefined;
  recordException = () => undefined;
  end = () => undefined;
}
