import { Logger } from '@nestjs/common';
import {
  KILL_TIME,
  REQUEUE_TIME,
  SHUTDOWN_BUDGET,
  shutdownLimit,
} from '../options/shutdown-budget';
import type { ApplicationOutbox } from '../outbox/application-outbox';
import { JobConsumers, type JobConsumer } from '../queues/job-consumers';
import type { Queues } from '../queues/queues';
import type { JobEvents } from '../reader/job-events';
import type { QueueStore } from '../store/queue-store';
import type { Deadline } from '../timing/deadline';
import { QueueShutdown } from './queue-shutdown';

const { abortGrace, store, connections, reserve } = SHUTDOWN_BUDGET;
/** A timer of no time takes a millisecond. */
const expectAbout = (time: number, expected: number) => {
  expect(Math.abs(time - expected)).toBeLessThan(10);
};
const never = () => new Promise<never>(() => undefined);

describe('the limits of stopping', () => {
  it('add up to what an application may take after its deadline', () => {
    const all = abortGrace.time + store.time + connections.time + reserve.time;
    expect(shutdownLimit(25_000, { runsJobs: true })).toBe(25_000 + all);
    expect(shutdownLimit(25_000, { runsJobs: false })).toBe(25_000 + all - abortGrace.time);
  });

  it('leave time for closing when the store takes no job back, and time to kill what does not close', () => {
    expect(REQUEUE_TIME + KILL_TIME).toBeLessThan(store.time);
    expect(KILL_TIME).toBeLessThan(abortGrace.time);
  });
});

describe('an application of which nothing ends by itself', () => {
  /** In milliseconds. */
  const DEADLINE = 1_000;

  /** What each phase was allowed, in milliseconds. */
  let allowed: Record<string, number>;

  beforeEach(() => {
    allowed = {};
    jest.useFakeTimers();
    jest.spyOn(Logger.prototype, 'log').mockImplementation();
  });

  afterEach(() => {
    // Nothing is left that would keep a process alive.
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const note = (phase: string) => (deadline: Deadline) => {
    allowed[phase] = deadline.remaining;
    return never();
  };

  async function stop(consumers: JobConsumer[]): Promise<number> {
    const registry = new JobConsumers();
    for (const consumer of consumers) registry.add(consumer);
    const shutdown = new QueueShutdown(
      { url: '', shutdownDeadline: DEADLINE },
      { close: () => wait(connections.time) } as unknown as QueueStore,
      { close: never } as unknown as Queues,
      { close: never, endWatching: () => undefined } as unknown as JobEvents,
      registry,
      { isUsed: true, close: note('relay') } as unknown as ApplicationOutbox,
    );
    const start = performance.now();
    const stopping = shutdown.onModuleDestroy().then(() => shutdown.onApplicationShutdown());
    await jest.advanceTimersByTimeAsync(60_000);
    return stopping.then(() => Math.round(end - start));
  }

  let end = 0;

  /** The last phase. */
  async function wait(time: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, time));
    end = performance.now();
  }

  it('stops within the sum, whose reserve it has not touched; what waits for the store shares one time', async () => {
    const consumer: JobConsumer = {
      jobs: [],
      stopFetching: () => undefined,
      finish: async (deadline) => {
        await new Promise((resolve) => setTimeout(resolve, deadline));
        return false;
      },
      abort: () => new Promise((resolve) => setTimeout(resolve, abortGrace.time)),
      requeue: () => new Promise((resolve) => setTimeout(resolve, REQUEUE_TIME)),
      close: note('workers'),
    };
    const time = await stop([consumer, consumer]);
    expectAbout(time, shutdownLimit(DEADLINE, { runsJobs: true }) - reserve.time);
    expect(allowed).toEqual({ workers: store.time - REQUEUE_TIME, relay: 0 });
  });

  it('stops within the sum without jobs, too', async () => {
    const time = await stop([]);
    // It has no requests either, which may take until the deadline.
    expectAbout(time, shutdownLimit(0, { runsJobs: false }) - reserve.time);
    expect(allowed).toEqual({ relay: store.time });
  });
});
