import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import { type Experiment, ExperimentError } from '@tools/experiment';
import { fillQueue, openQueue } from '../measure/queues';
import { Fleet } from './fleet';
import { APPLICATION, type ServerGauge, type ServerUse } from './server-use';
import { countOf, difference, smallestShare } from './snapshot';

export interface ScaleSettings {
  /** The compiled worker. */
  readonly program: string;
  readonly processes: number;
  readonly queues: number;
  readonly concurrency: number;
  /** In milliseconds: how long a job waits. */
  readonly work: number;
  /** In all queues. */
  readonly jobs: number;
  /** In seconds. */
  readonly counted: number;
}

/** What a number of processes does with single jobs, and with a backlog afterwards. */
export interface ScaleRow {
  readonly store: string;
  readonly processes: number;
  readonly jobsPerSecond: number;
  readonly smallestShare: number;
  /** CPU time of a job, in microseconds. */
  readonly cpu: { readonly store: number; readonly workers: number };
  readonly requestsPerJob: number;
  readonly connections: number;
  /** Of processors that worked all the time. */
  readonly busy: number;
  /** Of a job that is added while all workers wait, with its add. */
  readonly single: { readonly requests: number; readonly cpu: number };
}

/** In milliseconds: from a burst of work until a server's statistics have all of it. */
const SETTLE = 11_000;

/** In milliseconds: while Node compiles, and the pools open their connections. */
const WARM_UP = 3_000;

const SINGLE = { jobs: 100, pause: 40 };

export async function measureScale(
  experiment: Experiment,
  store: string,
  gauge: ServerGauge,
  settings: ScaleSettings,
): Promise<ScaleRow> {
  const { program, processes, concurrency, work, counted } = settings;
  const names = Array.from({ length: settings.queues }, (_, index) => `scale-${index}`);
  const queues = names.map((name) => openQueue(name, gauge.url));
  const backlog = Math.ceil(settings.jobs / queues.length);
  const worker = {
    url: gauge.url,
    application: APPLICATION,
    queues: names,
    concurrency,
    work,
  };
  let fleet: Fleet | undefined;
  try {
    for (const queue of queues) await queue.waitUntilReady();
    const own = (await gauge.read()).connections;
    fleet = await Fleet.start(program, processes, worker);
    // First: after a backlog old jobs are removed, which costs something too.
    const single = await measureSingle(queues, gauge);
    experiment.throwIfStopped();
    for (const queue of queues) await fillQueue(queue, backlog, {});
    await sleep(WARM_UP);
    experiment.throwIfStopped();
    const before = { at: performance.now(), done: await fleet.snapshot(), use: await gauge.read() };
    await sleep(counted * 1_000);
    const after = { at: performance.now(), done: await fleet.snapshot(), use: await gauge.read() };
    throwIfEmpty(after.done.done, backlog);
    const ran = difference(before.done, after.done);
    const jobs = countOf(ran);
    const ms = after.at - before.at;
    const storeCpu = after.use.cpu - before.use.cpu;
    return {
      store,
      processes,
      jobsPerSecond: (jobs * 1_000) / ms,
      smallestShare: smallestShare(ran),
      cpu: { store: (storeCpu * 1_000) / jobs, workers: (ran.cpu * 1_000) / jobs },
      requestsPerJob: (after.use.requests - before.use.requests) / jobs,
      connections: after.use.connections - own,
      busy: (storeCpu + ran.cpu) / ms,
      single,
    };
  } finally {
    await fleet?.stop();
    for (const queue of queues) {
      await queue.obliterate({ force: true });
      await queue.close();
    }
  }
}

/** Adds single jobs, each to queues on which all processes wait. */
async function measureSingle(
  queues: readonly Queue[],
  gauge: ServerGauge,
): Promise<ScaleRow['single']> {
  await sleep(SETTLE);
  const before = await gauge.read();
  for (let added = 0; added < SINGLE.jobs; added += 1) {
    const queue = queues[added % queues.length];
    await queue?.add(queue.name, {});
    await sleep(SINGLE.pause);
  }
  await sleep(SETTLE);
  const after = await gauge.read();
  return per(SINGLE.jobs, before, after);
}

function per(jobs: number, before: ServerUse, after: ServerUse): ScaleRow['single'] {
  return {
    requests: (after.requests - before.requests) / jobs,
    cpu: ((after.cpu - before.cpu) * 1_000) / jobs,
  };
}

function throwIfEmpty(done: Readonly<Record<string, number>>, backlog: number): void {
  const ended = Object.entries(done).find(([, count]) => count >= backlog);
  if (ended === undefined) return;
  throw new ExperimentError(
    `The queue ${ended[0]} was empty before the time was over. Give it more with --jobs.`,
  );
}
