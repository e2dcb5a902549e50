/*
 * npx nx run bench:growth
 *
 * What a workspace with 1, 10, 100 and 300 generated processors costs: to build the worker, to compute
 * the project graph, to generate one more processor, and to start a worker that runs one of them.
 *
 * Knobs     --sizes    numbers of generated processors, ascending
 *           --repeats  counted runs of each command; one more before them is not counted
 *           --runs     counted cold starts a size; one more before them is not counted
 *           --output   the JSON file
 *           --svg      the plot
 *           --quiet    minutes to wait at most for other work on the machine to end
 *
 * Output    a Markdown table on standard output; the same figures in the JSON file; a plot of them.
 *
 * Compared  each size with the smallest: the worker runs one and the same processor in all of them, from
 *           the same Postgres. Commands and starts are interleaved among the sizes.
 *
 * The processors are copies of what the generator writes, in copies of this workspace, beside its own.
 * Nx runs without its daemon and without its cache, in a new process each time, as on a CI machine.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Bench,
  BenchError,
  count,
  describeMachine,
  observeMachine,
  readOptions,
  runBenchmark,
  writeResult,
} from '@tools/experiment';
import { withBenchDatabase } from '../database/bench-database';
import { type FirstJob, FirstJobMeter } from '../measure/first-job';
import { interleaved } from '../measure/interleaved';
import type { Program } from '../measure/program';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { summarize } from '../measure/statistics';
import { addSample, growSamples, JOB, timeGenerator } from '../workspace/sample-processors';
import { WorkspaceCopy } from '../workspace/workspace-copy';
import { type Growth, growthPlot, growthTable, growthVerdict } from './growth-report';
import { timeProjectGraph } from './project-graph';
import { smallMultiples } from './small-multiples.svg';

const FLAGS = {
  ...QUIET_FLAG,
  sizes: { description: 'numbers of generated processors', default: '1,10,100,300' },
  repeats: { description: 'how often each command is timed', default: '3' },
  runs: { description: 'counted cold starts of each size', default: '9' },
  output: { description: 'the JSON file', default: 'dist/bench/growth.json' },
  svg: { description: 'the plot', default: 'dist/bench/growth.svg' },
};

const ABOUT = 'Measures what a workspace costs that has few processors, and many.';

runBenchmark('growth', async (bench) => {
  const read = readOptions(process.argv.slice(2), ABOUT, FLAGS);
  if ('help' in read) {
    console.log(read.help);
    return;
  }
  const { values } = read;
  const sizes = ascending(values.sizes);
  const repeats = count('repeats', values.repeats);
  const runs = count('runs', values.runs);
  await quietMachine(bench, values.quiet);
  const machine = observeMachine();

  const commands = await timeCommands(bench, sizes, repeats);
  const starts = await timeStarts(bench, sizes, runs);
  const rows = commands.map((timed): Growth => {
    const jobs = starts.get(timed.size) ?? [];
    const cpu = jobs.flatMap((job) => job.cpu ?? []);
    return {
      ...timed,
      firstJob: summarize(jobs.map(({ ms }) => ms)),
      rss: summarize(jobs.map(({ rss }) => rss)),
      ...(cpu.length > 0 ? { cpu: summarize(cpu) } : {}),
    };
  });
  const observed = machine();

  console.log(growthTable(rows));
  console.log(`\n${growthVerdict(rows)}`);
  console.log(`\nMedians: ${repeats} of each command, ${runs} interleaved starts of each size.`);
  console.log(describeMachine(observed));
  await writeResult(values.svg, smallMultiples(growthPlot(rows)));
  await writeResult(
    values.output,
    `${JSON.stringify({ machine: observed, sizes: rows }, undefined, 2)}\n`,
  );
});

interface SizedCopy {
  size: number;
  copy: WorkspaceCopy;
}

/** Each size is a copy of its own, so that the commands can be timed in turns. Keeps what was built. */
async function timeCommands(bench: Bench, sizes: readonly number[], repeats: number) {
  const { progress, assertWanted, scratch } = bench;
  const copies: SizedCopy[] = [];
  for (const size of sizes) {
    assertWanted();
    progress(`Preparing a workspace with ${size} generated processors …`);
    const copy = await WorkspaceCopy.create(join(scratch, `workspace-${size}`));
    await addSample(copy);
    await growSamples(copy, size);
    copies.push({ size, copy });
  }
  progress('Timing the commands …');
  const times = await interleaved(copies, repeats, async ({ copy }) => {
    assertWanted();
    return {
      graph: await timeProjectGraph(copy),
      generator: await timeGenerator(copy),
      build: (await copy.nx('build', 'worker')).ms,
    };
  });
  const rows: Omit<Growth, 'firstJob' | 'rss' | 'cpu'>[] = [];
  for (const [{ size, copy }, timed] of times) {
    await cp(copy.path('dist/apps/worker'), workerFolder(scratch, size), { recursive: true });
    rows.push({
      size,
      build: summarize(timed.map(({ build }) => build)),
      graph: summarize(timed.map(({ graph }) => graph)),
      generator: summarize(timed.map(({ generator }) => generator)),
    });
  }
  return rows;
}

async function timeStarts(
  { progress, assertWanted, scratch }: Bench,
  sizes: readonly number[],
  runs: number,
): Promise<Map<number, FirstJob[]>> {
  progress('Starting the workers, one processor selected …');
  return withBenchDatabase(async (databaseUrl) => {
    const meter = await FirstJobMeter.open(databaseUrl, JOB);
    try {
      return await interleaved(sizes, runs, (size) => {
        assertWanted();
        return meter.measure(selectedWorker(scratch, size));
      });
    } finally {
      await meter.close();
    }
  });
}

function selectedWorker(scratch: string, size: number): Program {
  return {
    name: `worker, 1 of ${size}`,
    folder: workerFolder(scratch, size),
    args: ['main.js'],
    env: { WORKER_PROCESSORS: JOB, WORKER_HTTP: '0', HOST: '127.0.0.1' },
  };
}

function workerFolder(scratch: string, size: number): string {
  return join(scratch, `worker-${size}`);
}

function ascending(text: string): number[] {
  const sizes = text.split(',').map((part) => count('sizes', part.trim()));
  if (sizes.some((size, index) => size <= (sizes[index - 1] ?? 0) || size > 999)) {
    throw new BenchError(`--sizes is "${text}"; expected ascending numbers up to 999: 1,10,100.`);
  }
  return sizes;
}
