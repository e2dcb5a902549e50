import { residentBytesOfTree } from '@tools/experiment';
import type { IsolationOptions } from './isolation-options';
import { JobFeed, type JobRun, jobsPerSecond } from './job-feed';
import type { LoadOptions, LoadResult } from './load/requests-at-rate';
import { MeasuredProgram } from './measured-program';
import type { LoadReport, ProgramReady, ProgramSettings } from './programs/program-settings';
import { type Topology, WORK, type Work } from './topologies';

const FOLDER = 'tools/bench/src/isolation/programs';

/** The programs to compile, relative to the workspace. The sandbox is found beside the others. */
export const PROGRAMS = {
  api: `${FOLDER}/app/api.main.ts`,
  worker: `${FOLDER}/app/worker.main.ts`,
  sandbox: `${FOLDER}/app/sandbox.ts`,
  load: `${FOLDER}/load.main.ts`,
};

export interface TopologyBench {
  /** The compiled programs. */
  files: Readonly<Record<keyof typeof PROGRAMS, string>>;
  options: IsolationOptions;
  databaseUrl: string;
  /** Keys of the rows that are requested. */
  ids: readonly string[];
  /** Hash rounds of a job that blocks. */
  rounds: number;
  throwIfStopped: () => void;
}

/** How the api performed while jobs of one kind ran, or no jobs. */
export interface Cell extends LoadResult {
  /** 0 without jobs. */
  jobsPerSecond: number;
}

/** What a topology costs. Memory is resident, in bytes; times are in milliseconds. */
export interface Costs {
  /** Of all processes, before the first job. */
  memory: number;
  /** The same after the first job, which may have started a sandbox. */
  memoryAfter: number;
  /** From the `add` of the first job until it is done. */
  firstJob: number;
  /** The same for the next job. */
  nextJob: number;
  /** With jobs that do nothing. */
  quickJobsPerSecond: number;
}

export interface TopologyRun {
  costs: Costs;
  cells: Readonly<Record<Work, Cell>>;
}

/** Starts a topology, measures it, and stops it. `turn` rotates the order of the kinds of work. */
export async function measureTopology(
  topology: Topology,
  bench: TopologyBench,
  turn: number,
): Promise<TopologyRun> {
  const running = new Set<MeasuredProgram>();
  try {
    const started = await start(topology, bench, running);
    const costs = await measureCosts(bench, started.programs);
    const first = turn % WORK.length;
    const cells: Partial<Record<Work, Cell>> = {};
    for (const { work } of [...WORK.slice(first), ...WORK.slice(0, first)]) {
      bench.throwIfStopped();
      cells[work] = await measureCell(bench, started.url, work, running);
    }
    for (const program of started.programs) await program.stop();
    // The loop has set every key.
    return { costs, cells: cells as Record<Work, Cell> };
  } finally {
    for (const program of running) program.kill();
  }
}

async function start(
  { place }: Topology,
  { files, options, databaseUrl }: TopologyBench,
  running: Set<MeasuredProgram>,
): Promise<{ programs: MeasuredProgram[]; url: string }> {
  const { pool, parallel } = options;
  const settings: ProgramSettings = { place, databaseUrl, pool, parallel };
  const api = await MeasuredProgram.start(files.api, settings, running);
  const programs = [api.program];
  if (place === 'worker') {
    const worker = await MeasuredProgram.start(files.worker, settings, running);
    programs.push(worker.program);
  }
  return { programs, url: (api.message as ProgramReady).url ?? '' };
}

async function measureCosts(
  { databaseUrl, options }: TopologyBench,
  programs: readonly MeasuredProgram[],
): Promise<Costs> {
  const resident = async () => {
    const bytes = await Promise.all(programs.map(({ pid }) => residentBytesOfTree(pid)));
    return bytes.reduce((sum, each) => sum + each, 0);
  };
  const feed = new JobFeed(databaseUrl, 'quick');
  const runOf = async (jobs: number): Promise<JobRun[]> => {
    await feed.add(jobs, {});
    await feed.waitForEnded(jobs);
    return feed.takeRuns();
  };
  const oneJob = async () => {
    const [{ added, ended } = { added: 0, ended: 0 }] = await runOf(1);
    return ended - added;
  };
  try {
    const memory = await resident();
    const firstJob = await oneJob();
    const memoryAfter = await resident();
    const nextJob = await oneJob();
    const runs = await runOf(options.quick);
    const from = Math.min(...runs.map(({ began }) => began));
    const to = Math.max(...runs.map(({ ended }) => ended));
    const quickJobsPerSecond = (options.quick / (to - from)) * 1_000;
    return { memory, memoryAfter, firstJob, nextJob, quickJobsPerSecond };
  } finally {
    await feed.close();
  }
}

async function measureCell(
  bench: TopologyBench,
  url: string,
  work: Work,
  running: Set<MeasuredProgram>,
): Promise<Cell> {
  if (work === 'idle') return { ...(await load(bench, url, running)), jobsPerSecond: 0 };
  const { options, databaseUrl, rounds } = bench;
  const kinds = {
    block: { time: options.block, data: { rounds }, atOnce: options.parallel },
    hold: { time: options.hold, data: { ms: options.hold }, atOnce: options.pool },
  };
  const { time, data, atOnce } = kinds[work];
  const feed = new JobFeed(databaseUrl, work);
  try {
    // Warm-up: as many as run at the same time start all the sandboxes that are needed.
    await feed.add(atOnce, data);
    await feed.waitForEnded(atOnce);
    await feed.takeRuns();
    // More than can be done before the load ends.
    const lasts = options.warmUp + options.measured + 2 * options.timeout + START_ALLOWANCE;
    await feed.add(Math.ceil(lasts / time + 1) * atOnce, data);
    await feed.waitForRunning(atOnce);
    const result = await load(bench, url, running);
    await feed.stop();
    return { ...result, jobsPerSecond: jobsPerSecond(await feed.takeRuns(), result.window) };
  } finally {
    await feed.close();
  }
}

/** How long the load may take to start, in milliseconds. */
const START_ALLOWANCE = 30_000;

async function load(
  { files, options, ids }: TopologyBench,
  url: string,
  running: Set<MeasuredProgram>,
): Promise<LoadResult> {
  const { rate, warmUp, measured, timeout } = options;
  const urls = ids.map((id) => `${url}/notifications/${id}`);
  const settings: LoadOptions = { urls, rate, warmUp, measured, timeout };
  const { program, message } = await MeasuredProgram.start(files.load, settings, running);
  await program.ended();
  return (message as LoadReport).result;
}
