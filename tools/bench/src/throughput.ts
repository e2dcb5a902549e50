/*
 * npx nx run bench:throughput
 *
 * How many jobs a second are run and added, and what it costs that they are typed, validated and part
 * of a transaction.
 *
 * Knobs     --jobs         jobs a run on Postgres; four times as many on Redis
 *           --runs         counted runs of each program; one more before them is not counted
 *           --concurrency  jobs that are run, or added, at the same time
 *           --store        postgres, redis, or both
 *           --output       the JSON file
 *           --quiet        minutes to wait at most for other work on the machine to end
 *
 * Output    a Markdown table on standard output; the same figures, and each single run, in the JSON file.
 *
 * Compared  - a processor that does nothing, run by `JobHost` (Nest, data and result validated), with the
 *             same function in a worker of BullMQ alone: same store, same number of connections
 *           - a row and its job in one transaction, with the row in a transaction and the job after it
 *           On Redis: how fast the outbox is emptied after a commit of all jobs at once.
 *           Not compared: graphile-worker, and pg-boss, which needs a newer Node than this workspace.
 *
 * The servers are this run's own. Redis writes to disk once a second (`appendfsync everysec`).
 */
import { join } from 'node:path';
import { migrateQueueStore } from '@libs/queue';
import { BenchError } from './bench.error';
import { compilePrograms } from './chaos/compile-programs';
import { openStores } from './chaos/stores/chaos-stores';
import { type Bench, runBenchmark, writeResult } from './cli/benchmark';
import { count, readOptions } from './cli/options';
import { interleaved } from './measure/interleaved';
import { QUIET_FLAG, quietMachine } from './measure/quiet-machine';
import { describeMachine, observeMachine } from './report/machine';
import { summarize } from './report/statistics';
import { jobsPerSecond, type ThroughputProgram } from './throughput/measure-program';
import { ratios, type Throughput, throughputTable } from './throughput/throughput-report';

const FLAGS = {
  ...QUIET_FLAG,
  jobs: { description: 'jobs a run on Postgres; four times as many on Redis', default: '3000' },
  runs: { description: 'counted runs of each program', default: '5' },
  concurrency: { description: 'jobs at the same time', default: '16' },
  store: { description: 'postgres, redis or both', default: 'both' },
  output: { description: 'the JSON file', default: 'dist/bench/throughput.json' },
};

const ABOUT = 'Measures how many jobs a second are run and added.';

runBenchmark('throughput', async (bench) => {
  const read = readOptions(process.argv.slice(2), ABOUT, FLAGS);
  if ('help' in read) {
    console.log(read.help);
    return;
  }
  const { values } = read;
  if (!['postgres', 'redis', 'both'].includes(values.store)) {
    throw new BenchError(`--store is "${values.store}"; expected postgres, redis or both.`);
  }
  const runs = count('runs', values.runs);
  const work = {
    jobs: count('jobs', values.jobs),
    concurrency: count('concurrency', values.concurrency),
  };
  await quietMachine(bench, values.quiet);
  const machine = observeMachine();
  const results = await measure(bench, values.store, work, runs);
  const observed = machine();

  console.log(throughputTable(results));
  console.log(`\nMedians of ${runs} interleaved runs, smallest to largest in brackets.`);
  for (const line of ratios(results)) console.log(line);
  console.log(describeMachine(observed));
  const result = { ...work, runs, machine: observed, results };
  await writeResult(values.output, `${JSON.stringify(result, undefined, 2)}\n`);
});

async function measure(
  { scratch, progress, assertWanted }: Bench,
  store: string,
  work: { jobs: number; concurrency: number },
  runs: number,
): Promise<Throughput[]> {
  progress('Starting servers, compiling the programs …');
  const entry = (name: string) => `tools/bench/src/throughput/programs/${name}.main.ts`;
  const files = await compilePrograms(join(scratch, 'programs'), {
    'job-host': entry('job-host'),
    'raw-worker': entry('raw-worker'),
    add: entry('add'),
  });
  const kind = store === 'postgres' ? 'postgres' : 'redis';
  const stores = await openStores(kind, scratch, { appendfsync: 'everysec' });
  try {
    const { databaseUrl } = stores.direct;
    await migrateQueueStore(databaseUrl);
    const programs: ThroughputProgram[] = [];
    if (store !== 'redis') {
      programs.push(
        ...programsOn('Postgres', files, { ...work, databaseUrl, queueUrl: databaseUrl }),
      );
    }
    if (store !== 'postgres') {
      const { queueUrl } = stores.direct;
      const settings = { ...work, jobs: work.jobs * 4, databaseUrl, queueUrl };
      programs.push(...programsOn('Redis', files, settings));
      const name = 'Redis: published by the outbox';
      programs.push({ name, file: files.add, args: ['outbox'], settings, needsJobs: false });
    }
    progress(`Measuring ${programs.length} programs, ${runs} times each …`);
    const results = await interleaved(programs, runs, (program) => {
      assertWanted();
      return jobsPerSecond(program);
    });
    return [...results].map(([{ name }, measured]) => ({
      name,
      jobsPerSecond: summarize(measured),
      runs: measured,
    }));
  } finally {
    await stores.close();
  }
}

function programsOn(
  store: string,
  files: Record<'add' | 'job-host' | 'raw-worker', string>,
  settings: ThroughputProgram['settings'],
): ThroughputProgram[] {
  const worker = (name: string, file: string) => ({ name, file, settings, needsJobs: true });
  const producer = (name: string, way: string) => ({
    name,
    file: files.add,
    args: [way],
    settings,
    needsJobs: false,
  });
  return [
    worker(`${store}: run by BullMQ alone`, files['raw-worker']),
    worker(`${store}: run by JobHost`, files['job-host']),
    producer(`${store}: added`, 'job only'),
    producer(`${store}: row, then job`, 'row, then job'),
    producer(`${store}: row and job in one transaction`, 'one transaction'),
  ];
}
