/*
 * npx nx run bench:isolation
 *
 * How jobs affect an api, depending on where their processors run: the same api under the same load in five
 * topologies, without jobs, with jobs that block the CPU, and with jobs that hold every connection of their pool.
 *
 * Knobs     the load: --rate, --timeout, --warm-up, --seconds, --rounds
 *           the jobs: --parallel, --block, --pool, --hold, --quick
 *           --only (some topologies), --json, --output, --plot, --page, --quiet; --help describes each
 *
 * Output    Markdown tables: requests/s, p50, p99 and worst latency, timeouts, jobs/s, and what each topology
 *           costs; the same figures and every single round in a JSON file; a plot in an SVG file.
 *
 * Compared  the p99 with jobs with the p99 without jobs, in the same topology; target: at most 1.2 times, for a
 *           standalone worker and for isolation by process, on a machine with a free core for each job.
 *
 * A request reads a row by its key through TypeORM. A separate process sends requests at a fixed rate, whether
 * or not earlier ones were answered, and times each from the moment it was due. (autocannon is not used: it
 * sends each connection's share of the rate in a burst at the start of each second, and waits for answers, so
 * that it sends least when the api is slowest.) The sandboxes are children of the api process. A blocking job is
 * a fixed number of hash rounds. The server is this run's own.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import {
  compilePrograms,
  countFlag,
  describeMachine,
  type Experiment,
  observeMachine,
  runExperiment,
  switchFlag,
  textFlag,
  WORKSPACE_ROOT,
  writeResult,
} from '@tools/experiment';
import { interleaved } from '../measure/interleaved';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { openIsolationDatabase } from './isolation-database';
import type { IsolationOptions } from './isolation-options';
import { plotIsolation } from './isolation-plot';
import { reportOf } from './isolation-report';
import { summarizeRuns, type TopologyResult } from './isolation-result';
import { measureTopology, PROGRAMS } from './measure-topology';
import { replaceMeasuredBlock } from './measured-block';
import { roundsFor } from './programs/hash-rounds';
import { selectTopologies, type Topology } from './topologies';

const command = {
  target: 'bench:isolation',
  about: 'Measures how jobs affect an api, depending on where their processors run.',
  flags: {
    rounds: countFlag('counted rounds; one more is not counted', 5),
    rate: countFlag('requests a second', 50),
    seconds: countFlag('measured seconds in each round, for each kind of jobs', 5),
    'warm-up': countFlag('seconds at the same rate before each measurement', 2),
    timeout: countFlag('milliseconds after which a client gives up', 1_000),
    pool: countFlag('connections of each pool, and jobs that hold one', 5),
    parallel: countFlag('CPU-blocking jobs at the same time', 1),
    block: countFlag('duration of a CPU-blocking job on a free core, in milliseconds', 500),
    hold: countFlag('milliseconds for which a job holds its connection', 1_000),
    quick: countFlag('jobs that do nothing, to measure the cost of a job', 300),
    only: textFlag(
      'topologies, comma-separated: api, own-data-source, thread, process, worker',
      'all',
    ),
    json: switchFlag('print JSON instead of tables'),
    ...QUIET_FLAG,
    output: textFlag('the JSON file', 'dist/bench/isolation.json'),
    plot: textFlag('the SVG file', 'dist/bench/isolation.svg'),
    page: textFlag('a Markdown page whose figures are replaced', ''),
  },
};

/** The alternative text of the plot. */
const PLOTTED =
  'Latency of an api by where its processors run: without jobs, with jobs that block the CPU, and with jobs that hold every connection';

runExperiment(command, async (experiment, values) => {
  const topologies = selectTopologies(values.only);
  const options: IsolationOptions = {
    ...values,
    warmUp: values['warm-up'] * 1_000,
    measured: values.seconds * 1_000,
  };
  await quietMachine(experiment, values.quiet);
  const machine = observeMachine();
  const results = await measure(experiment, topologies, options);
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
  { scratch, progress, throwIfStopped }: Experiment,
  topologies: readonly Topology[],
  options: IsolationOptions,
): Promise<TopologyResult[]> {
  progress('Starting a server, compiling the programs …');
  const files = await compilePrograms(join(scratch, 'programs'), PROGRAMS);
  const database = await openIsolationDatabase(scratch);
  try {
    const rounds = roundsFor(options.block);
    const { url: databaseUrl, ids } = database;
    const bench = { files, options, databaseUrl, ids, rounds, throwIfStopped };
    const total = topologies.length * (options.rounds + 1);
    let turns = 0;
    const runs = await interleaved(topologies, options.rounds, (topology) => {
      throwIfStopped();
      progress(`${turns + 1} of ${total}: ${topology.name} …`);
      return measureTopology(topology, bench, turns++);
    });
    return [...runs].map(([topology, measured]) =>
      summarizeRuns(topology, measured, options.measured),
    );
  } finally {
    await database.close();
  }
}
