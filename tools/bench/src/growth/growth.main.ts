/*
 * npx nx run bench:growth
 *
 * What a workspace with 1, 10, 100 and 300 generated processors costs: to build the worker, to compute the
 * project graph, to generate one more processor, and to start a worker that runs one of them.
 *
 * Knobs     --sizes, --repeats (of commands), --runs (of starts), --quiet, --output; --help describes each
 *
 * Output    a Markdown table; the same figures in a JSON file.
 *
 * Compared  each size with the smallest: the worker runs the same processor in all of them, from a Postgres
 *           of this run. Commands and starts are interleaved among the sizes.
 *
 * The processors are copies of what the generator writes, in copies of this workspace. Nx runs without its
 * daemon and its cache, in a new process each time, as in continuous integration.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import {
  countFlag,
  describeMachine,
  type Experiment,
  ExperimentError,
  observeMachine,
  runExperiment,
  startPrivateServers,
  textFlag,
  writeResult,
} from '@tools/experiment';
import { type FirstJob, measureFirstJobs, type Program } from '../measure/first-job';
import { interleaved } from '../measure/interleaved';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { summarize } from '../measure/statistics';
import { migratedDatabase } from '../workspace/migrated-database';
import { addSample, growSamples, JOB, timeGenerator } from '../workspace/sample-processors';
import { WorkspaceCopy } from '../workspace/workspace-copy';
import { type Growth, growthTable, growthVerdict } from './growth-report';
import { timeProjectGraph } from './project-graph';

const command = {
  target: 'bench:growth',
  about: 'Measures what a growing number of processors costs a workspace and its worker.',
  flags: {
    sizes: textFlag('numbers of generated processors, ascending', '1,10,100,300'),
    repeats: countFlag('counted runs of each command; one more is not counted', 3),
    runs: countFlag('counted cold starts of each size; one more is not counted', 9),
    ...QUIET_FLAG,
    output: textFlag('the JSON file', 'dist/bench/growth.json'),
  },
};

interface SizedCopy {
  size: number;
  copy: WorkspaceCopy;
}

runExperiment(command, async (experiment, { sizes: list, repeats, runs, quiet, output }) => {
  const sizes = ascending(list);
  await quietMachine(experiment, quiet);
  const machine = observeMachine();

  const copies = await prepareCopies(experiment, sizes);
  const commands = await timeCommands(experiment, copies, repeats);
  const starts = await timeStarts(experiment, copies, runs);
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
  await writeResult(
    output,
    `${JSON.stringify({ machine: observed, sizes: rows }, undefined, 2)}\n`,
  );
});

/** Each size has a copy of its own, so that the commands can be interleaved. */
async function prepareCopies(
  { progress, throwIfStopped, scratch }: Experiment,
  sizes: readonly number[],
): Promise<SizedCopy[]> {
  const copies: SizedCopy[] = [];
  for (const size of sizes) {
    throwIfStopped();
    progress(`Preparing a workspace with ${size} generated processors …`);
    const copy = await WorkspaceCopy.create(join(scratch, `workspace-${size}`));
    await addSample(copy);
    await growSamples(copy, size);
    copies.push({ size, copy });
  }
  return copies;
}

async function timeCommands(
  { progress, throwIfStopped, scratch }: Experiment,
  copies: readonly SizedCopy[],
  repeats: number,
) {
  progress('Timing the commands …');
  const times = await interleaved(copies, repeats, async ({ copy }) => {
    throwIfStopped();
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
  experiment: Experiment,
  copies: readonly SizedCopy[],
  runs: number,
): Promise<Map<number, FirstJob[]>> {
  const servers = await startPrivateServers(experiment.scratch);
  try {
    const [smallest] = copies;
    if (!smallest) return new Map();
    // The tables do not depend on the number of processors.
    const databaseUrl = await migratedDatabase(servers.postgres.url, 'growth', smallest.copy);
    const workers = copies.map(({ size }) => ({
      size,
      program: selectedWorker(experiment.scratch, size, databaseUrl),
    }));
    const measured = await measureFirstJobs(experiment, workers, { runs, queue: JOB });
    return new Map([...measured].map(([{ size }, jobs]) => [size, jobs]));
  } finally {
    await servers.close();
  }
}

function selectedWorker(scratch: string, size: number, databaseUrl: string): Program {
  return {
    name: `worker, 1 of ${size}`,
    folder: workerFolder(scratch, size),
    args: ['main.js'],
    databaseUrl,
    env: { WORKER_PROCESSORS: JOB, WORKER_HTTP: '0', HOST: '127.0.0.1' },
  };
}

function workerFolder(scratch: string, size: number): string {
  return join(scratch, `worker-${size}`);
}

/** @throws ExperimentError unless these are ascending numbers of at most three digits */
function ascending(list: string): number[] {
  const sizes = list.split(',').map(Number);
  const isValid = sizes.every(
    (size, index) => Number.isInteger(size) && size > (sizes[index - 1] ?? 0) && size <= 999,
  );
  if (isValid) return sizes;
  throw new ExperimentError(
    `--sizes is "${list}"; expected ascending numbers from 1 to 999: 1,10,100.`,
  );
}
