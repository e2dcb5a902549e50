/*
 * npx nx run bench:isolation
 *
 * What jobs do to an api, by where their processors run: the same api under the same load in five
 * topologies, while no jobs run, jobs block the CPU, and jobs hold every connection of their pool.
 *
 * Knobs     --rounds     counted rounds; one more before them is not counted
 *           --rate       requests a second
 *           --seconds    measured in each round, for each topology and kind of jobs
 *           --warm-up    seconds before them, at the same rate
 *           --timeout    milliseconds after which a client gives up
 *           --pool       connections of each pool, and jobs that hold one at the same time
 *           --parallel   CPU-blocking jobs at the same time
 *           --block      milliseconds that one of them takes on a free core
 *           --hold       milliseconds that a job holds its connection
 *           --quick      jobs that do nothing, for what a job costs
 *           --only       topologies, separated by commas: api, own-data-source, thread, process, worker
 *           --json       the result on standard output instead of tables
 *           --output     the JSON file; the plot is beside it
 *           --plot       the SVG file
 *           --page       a Markdown page whose figures are replaced: docs/guides/where-should-a-job-run.md
 *           --quiet      minutes to wait at most for other work on the machine to end
 *
 * Output    Markdown tables on standard output: requests/s, p50, p99 and worst latency, requests that
 *           timed out, jobs/s; and what each topology costs. The same figures and each single round in
 *           the JSON file, and a plot in an SVG file.
 *
 * Compared  the p99 under jobs with the p99 without any, of the same topology; aim: at most 1.2 times
 *           as long with a standalone worker and with a sandbox by process, on a machine with a free
 *           core for each job.
 *
 * The request reads a row by its key through TypeORM. It is sent at a fixed rate by a process of its own
 * and timed from when it was due, whether or not others were answered. (autocannon is not used: it sends
 * a connection's share of the rate in a burst at the beginning of each second, and sends nothing while
 * it waits, so that it asks least when the api is slowest.) The sandboxes hang off the api process. A
 * blocking job is a fixed number of rounds of a hash. The server is this run's own.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import {
  type Bench,
  compilePrograms,
  count,
  describeMachine,
  observeMachine,
  readOptions,
  runBenchmark,
  WORKSPACE_ROOT,
  writeResult,
} from '@tools/experiment';
import { interleaved } from '../measure/interleaved';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { openBenchDatabase } from './bench-database';
import type { IsolationBenchOptions } from './bench-options';
import { plotIsolation } from './isolation-plot';
import { reportOf } from './isolation-report';
import { summarizeRuns, type TopologyResult } from './isolation-result';
import { measureTopology, type TopologyBench } from './measure-topology';
import { replaceMeasuredBlock } from './measured-block';
import { roundsFor } from './programs/hash-rounds';
import { selectTopologies, type Topology } from './topologies';

const FLAGS = {
  ...QUIET_FLAG,
  rounds: { description: 'counted rounds', default: '5' },
  rate: { description: 'requests a second', default: '50' },
  seconds: { description: 'measured in each round, for each kind of jobs', default: '5' },
  'warm-up': { description: 'seconds before them, at the same rate', default: '2' },
  timeout: { description: 'milliseconds after which a client gives up', default: '1000' },
  pool: { description: 'connections of each pool, and jobs that hold one', default: '5' },
  parallel: { description: 'CPU-blocking jobs at the same time', default: '1' },
  block: { description: 'milliseconds that one of them takes on a free core', default: '500' },
  hold: { description: 'milliseconds that a job holds its connection', default: '1000' },
  quick: { description: 'jobs that do nothing, for what a job costs', default: '300' },
  only: {
    description: 'topologies: api, own-data-source, thread, process, worker',
    default: 'all',
  },
  json: { description: 'the result on standard output instead of tables' },
  output: { description: 'the JSON file', default: 'dist/bench/isolation.json' },
  plot: { description: 'the SVG file', default: 'dist/bench/isolation.svg' },
  page: { description: 'a Markdown page whose figures are replaced', default: '' },
};

/** What the plot shows, for who cannot see it. */
const PLOTTED =
  'Latency of an api by where its processors run, without jobs, with jobs that block the CPU, and with jobs that hold every connection';

const ABOUT = 'Measures what jobs do to an api, by where their processors run.';

runBenchmark('isolation', async (bench) => {
  const read = readOptions(process.argv.slice(2), ABOUT, FLAGS);
  if ('help' in read) {
    console.log(read.help);
    return;
  }
  const { values } = read;
  const topologies = selectTopologies(values.only);
  const options: IsolationBenchOptions = {
    rounds: count('rounds', values.rounds),
    rate: count('rate', values.rate),
    timeout: count('timeout', values.timeout),
    warmUp: count('warm-up', values['warm-up']) * 1_000,
    measured: count('seconds', values.seconds) * 1_000,
    pool: count('pool', values.pool),
    parallel: count('parallel', values.parallel),
    block: count('block', values.block),
    hold: count('hold', values.hold),
    quick: count('quick', values.quick),
  };
  await quietMachine(bench, values.quiet);
  const machine = observeMachine();
  const results = await measure(bench, topologies, options);
  const observed = machine();

  const content = `${JSON.stringify({ options, machine: observed, results }, undefined, 2)}\n`;
  const report = reportOf(results, options, observed);
  process.stdout.write(values.json ? content : report);
  await writeResult(values.output, content);
  await writeResult(values.plot, plotIsolation(results, options, describeMachine(observed)));
  if (values.page !== '') {
    const page = await readFile(resolve(WORKSPACE_ROOT, values.page), 'utf8');
    const plot = relative(dirname(values.page), values.plot);
    await writeResult(
      values.page,
      replaceMeasuredBlock(page, `![${PLOTTED}](${plot})\n\n${report}`),
    );
  }
});

async function measure(
  { scratch, progress, assertWanted }: Bench,
  topologies: readonly Topology[],
  options: IsolationBenchOptions,
): Promise<TopologyResult[]> {
  progress('Starting a server, compiling the programs …');
  const programs = 'tools/bench/src/isolation/programs';
  const files = await compilePrograms(join(scratch, 'programs'), {
    api: `${programs}/app/api.main.ts`,
    worker: `${programs}/app/worker.main.ts`,
    sandbox: `${programs}/app/sandbox.ts`,
    load: `${programs}/load.main.ts`,
  });
  const database = await openBenchDatabase(scratch);
  try {
    const rounds = roundsFor(options.block);
    const shared = { files, options, databaseUrl: database.url, ids: database.ids, rounds };
    const bench: TopologyBench = { ...shared, assertWanted };
    let turns = 0;
    const runs = await interleaved(topologies, options.rounds, (topology) => {
      assertWanted();
      const of = topologies.length * (options.rounds + 1);
      progress(`${turns + 1} of ${of}: ${topology.name} …`);
      return measureTopology(topology, bench, turns++);
    });
    return [...runs].map(([topology, measured]) =>
      summarizeRuns(topology, measured, options.measured),
    );
  } finally {
    await database.close();
  }
}
