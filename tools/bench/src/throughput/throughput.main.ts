/*
 * npx nx run bench:throughput
 *
 * How many jobs a second are run and added, and what types, validation and transactions cost.
 *
 * Knobs     what is compared: --store, --against=<folder>, --no-peers, --replica, --limits, --observed, --held
 *           --jobs, --concurrency, --runs, --node, --quiet, --output; --help describes each
 *
 * Output    a Markdown table, and ratios; the same figures and every single run in a JSON file.
 *
 * Compared  - a processor that does nothing, run by `JobHost` (Nest, validated data and result), with the same
 *             function in a worker of BullMQ alone: same store, same number of connections
 *           - a row and its job in one transaction, with the row in a transaction and then the job
 *           - on Redis: how fast the outbox publishes jobs that one commit has added
 *           - with --replica: adding jobs without and with waiting until a replica has them
 *           - with --limits: a contract without and with a limit by key
 *           - with --observed: jobs that are run, and added, without and with metrics and traces, all or a tenth; these go to a
 *             collector on this machine, in a process of its own: the benchmark, which counts them
 *           - with --held: jobs that are run without and with a transaction of another session that stays open
 *           - adding jobs, and a row, then a job, with BullMQ alone
 *           - graphile-worker and pg-boss on the same Postgres, in their newest versions, by a Node that is new enough for
 *             them unless --node names one; as installed, and at their best: with batches, which promise less
 *           --against: each of these, but BullMQ alone and the peers, with the libraries of another checkout
 *           The first half of the jobs of a run is a warm-up. Ratios are taken in each round.
 *
 * The servers are this run's own. Redis writes to disk once a second (`appendfsync everysec`).
 */
import {
  choiceFlag,
  countFlag,
  describeMachine,
  observeMachine,
  runExperiment,
  switchFlag,
  textFlag,
  writeResult,
} from '@tools/experiment';
import { interleaved } from '../measure/interleaved';
import { NODE_FLAG, nodeVersion } from '../measure/node-binary';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { AGAINST_FLAG } from '../workspace/workspace-copy';
import { measureProgram } from './measure-program';
import { preparePrograms } from './prepare-programs';
import { comparisons, summarizeThroughput, throughputTable } from './throughput-report';

const command = {
  target: 'bench:throughput',
  about: 'Measures how many jobs a second are run and added.',
  flags: {
    store: choiceFlag('where the queues are', ['both', 'postgres', 'redis']),
    ...AGAINST_FLAG,
    replica: switchFlag('attach a replica to Redis, and measure only what waiting for it costs'),
    limits: switchFlag('measure only what limits by key cost'),
    observed: switchFlag('measure only what metrics and traces cost'),
    held: switchFlag('measure only what a transaction that stays open costs'),
    'no-peers': switchFlag('leave out graphile-worker and pg-boss'),
    jobs: countFlag('jobs of a run on Postgres; runs on Redis have eight times as many', 3_000),
    concurrency: countFlag('jobs that are run, or added, at the same time', 16),
    runs: countFlag('counted runs of each program; one more is not counted', 5),
    ...NODE_FLAG,
    ...QUIET_FLAG,
    output: textFlag('the JSON file', 'dist/bench/throughput.json'),
  },
};

runExperiment(command, async (experiment, options) => {
  const { runs, output, jobs, concurrency, store, against, node } = options;
  const version = await nodeVersion(node);
  const prepared = await preparePrograms(experiment, {
    node,
    stores: store === 'both' ? ['Postgres', 'Redis'] : [store === 'redis' ? 'Redis' : 'Postgres'],
    against,
    peers:
      !options['no-peers'] &&
      !options.limits &&
      !options.observed &&
      !options.held &&
      against === '',
    replica: options.replica,
    limits: options.limits,
    observed: options.observed,
    held: options.held,
    jobs,
    concurrency,
  });
  const { programs, notes } = prepared;
  try {
    await quietMachine(experiment, options.quiet);
    const machine = observeMachine(version);
    experiment.progress(`Measuring ${programs.length} programs, ${runs} times each …`);
    const measured = await interleaved(programs, runs, (program) => {
      experiment.throwIfStopped();
      return measureProgram(program);
    });
    const results = [...measured].map(([program, each]) => summarizeThroughput(program, each));
    const observed = machine();

    console.log(throughputTable(results));
    console.log(`\nMedians of ${runs} interleaved runs; smallest and largest in brackets.`);
    console.log('Ratios: the median of the rounds; the quartiles in brackets.\n');
    for (const line of [...comparisons(results), ...notes, ...prepared.conclude()])
      console.log(`- ${line}`);
    console.log(`\n${describeMachine(observed)}`);
    const result = { jobs, concurrency, runs, notes, machine: observed, results };
    await writeResult(output, `${JSON.stringify(result, undefined, 2)}\n`);
  } finally {
    await prepared.close();
  }
});
