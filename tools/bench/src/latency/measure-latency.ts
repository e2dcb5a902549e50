import { setTimeout as sleep } from 'node:timers/promises';
import { ExperimentError } from '@tools/experiment';
import { ReportingProgram } from '../measure/reporting-program';
import { quantile } from '../measure/statistics';
import type { Latency, LatencySettings } from './programs/latency-program';

/** A compiled program of this benchmark, and how many of its workers run. */
export interface LatencyProgram {
  readonly store: 'Postgres' | 'Redis';
  readonly what: string;
  readonly node: string;
  readonly file: string;
  readonly url: string;
  readonly workers: number;
}

/** From the call of `add` to the begin of the handler, in milliseconds. */
export interface LatencyRun {
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** In milliseconds: between two looks at what the workers have run. */
const LOOK = 250;

/** In milliseconds: how long jobs may be missing after the last was added. */
const PATIENCE = 30_000;

/** The share of the jobs that is not counted: while Node compiles hot code. */
const WARM_UP = 0.25;

let measured = 0;

/** Runs the workers and a producer of a program once, each in a process of its own, on a new queue. */
export async function measureLatency(
  { node, file, url, workers }: LatencyProgram,
  load: Pick<LatencySettings, 'jobs' | 'rate' | 'concurrency'>,
): Promise<LatencyRun> {
  measured += 1;
  const settings = { ...load, queue: `latency-${measured}`, url };
  const start = (role: LatencySettings['role']) =>
    new ReportingProgram(file, { ...settings, role } satisfies LatencySettings, node);
  const running = Array.from({ length: workers }, () => start('worker'));
  try {
    await Promise.all(running.map((worker) => worker.ready()));
    const code = await start('producer').end();
    if (code !== 0) throw new ExperimentError(`The producer ended with the code ${String(code)}.`);
    return summary(await allOf(running, load.jobs), load.jobs);
  } finally {
    await Promise.all(running.map((worker) => worker.kill()));
  }
}

async function allOf(workers: readonly ReportingProgram[], jobs: number): Promise<Latency[]> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    // Written by the programs.
    const reports = (await Promise.all(workers.map((worker) => worker.report()))) as Latency[][];
    const all = reports.flat();
    if (all.length >= jobs) return all;
    if (performance.now() > end) {
      throw new ExperimentError(`${jobs - all.length} of ${jobs} jobs have not run.`);
    }
    await sleep(LOOK);
  }
}

function summary(all: readonly Latency[], jobs: number): LatencyRun {
  const counted = all.filter(({ number }) => number >= jobs * WARM_UP).map(({ ms }) => ms);
  const sorted = counted.sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: quantile(sorted, 1) };
}
