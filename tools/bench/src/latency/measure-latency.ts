import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExperimentError, spawnProgram, WORKSPACE_ROOT } from '@tools/experiment';
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
  const running = Array.from({ length: workers }, () => new LatencyWorker(node, file, settings));
  try {
    await Promise.all(running.map((worker) => worker.nextLine()));
    const producer = start(node, file, { ...settings, role: 'producer' });
    const [code] = (await once(producer, 'exit')) as [number | null];
    if (code !== 0) throw new ExperimentError(`The producer ended with the code ${String(code)}.`);
    return summary(await allOf(running, load.jobs), load.jobs);
  } finally {
    await Promise.all(running.map((worker) => worker.stop()));
  }
}

async function allOf(workers: readonly LatencyWorker[], jobs: number): Promise<Latency[]> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const all = (await Promise.all(workers.map((worker) => worker.latencies()))).flat();
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

function start(node: string, file: string, settings: LatencySettings) {
  const child = spawnProgram(node, [file, JSON.stringify(settings)], {
    cwd: WORKSPACE_ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  return child;
}

class LatencyWorker {
  private readonly child;
  private readonly lines: AsyncIterator<string>;

  constructor(node: string, file: string, settings: Omit<LatencySettings, 'role'>) {
    this.child = start(node, file, { ...settings, role: 'worker' });
    this.lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
  }

  async nextLine(): Promise<string> {
    const line: IteratorResult<string, unknown> = await this.lines.next();
    if (line.done) throw new ExperimentError('A worker has ended before it was stopped.');
    return line.value;
  }

  async latencies(): Promise<Latency[]> {
    const line = this.nextLine();
    this.child.kill('SIGUSR2');
    // Written by the program.
    return JSON.parse(await line) as Latency[];
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
