/*
 * npx nx run bench:throughput
 *
 * How many jobs a second are run and added, and what it costs that they are typed, validated and part
 * of a transaction.
 *
 * Knobs     --jobs         jobs a run on Postgres; eight times as many are run on Redis
 *           --runs         counted runs of each program; one more before them is not counted
 *           --concurrency  jobs that are run, or added, at the same time
 *           --store        postgres, redis, or both
 *           --no-peers     leaves out graphile-worker and pg-boss, which are installed from the registry
 *           --output       the JSON file
 *           --quiet        minutes to wait at most for other work on the machine to end
 *
 * Output    a Markdown table on standard output, with comparisons; the same figures, and each single
 *           run, in the JSON file.
 *
 * Compared  - a processor that does nothing, run by `JobHost` (Nest, data and result validated), with the
 *             same function in a worker of BullMQ alone: same store, same number of connections
 *           - a row and its job in one transaction, with the row in a transaction and the job after it
 *           - on Redis: how fast the outbox is emptied after a commit of all jobs at once
 *           - for scale: graphile-worker and pg-boss, in the newest versions that run on Node 20, on the
 *             same Postgres
 *           The first half of the jobs of a run is not counted. A ratio is taken of each round by itself.
 *
 * The servers are this run's own. Redis writes to disk once a second (`appendfsync everysec`).
 */
import { join } from 'node:path';
import { migrateQueueStore } from '@libs/queue';
import {
  type Bench,
  BenchError,
  compilePrograms,
  count,
  describeMachine,
  observeMachine,
  openStores,
  readOptions,
  runBenchmark,
  writeResult,
} from '@tools/experiment';
import { interleaved } from '../measure/interleaved';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { measureProgram, type ThroughputProgram } from './measure-program';
import { installPeers } from './peers/install-peers';
import { outboxProgram, peerPrograms, type ProgramFiles, programsOn } from './programs-on-store';
import {
  comparisons,
  summarizeThroughput,
  type Throughput,
  throughputTable,
} from './throughput-report';

const FLAGS = {
  ...QUIET_FLAG,
  jobs: {
    description: 'jobs a run on Postgres; eight times as many run on Redis',
    default: '3000',
  },
  runs: { description: 'counted runs of each program', default: '5' },
  concurrency: { description: 'jobs at the same time', default: '16' },
  store: { description: 'postgres, redis or both', default: 'both' },
  'no-peers': { description: 'leave out graphile-worker and pg-boss' },
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
  const { programs, notes, close } = await prepare(bench, values.store, work, !values['no-peers']);
  try {
    await quietMachine(bench, values.quiet);
    const machine = observeMachine();
    bench.progress(`Measuring ${programs.length} programs, ${runs} times each …`);
    const measured = await interleaved(programs, runs, (program) => {
      bench.assertWanted();
      return measureProgram(program);
    });
    const results = [...measured].map(([{ name }, each]) => summarizeThroughput(name, each));
    await report(values.output, results, { ...work, runs, notes, machine: machine() });
  } finally {
    await close();
  }
});

interface Circumstances {
  jobs: number;
  concurrency: number;
  runs: number;
  /** What was left out, and why. */
  notes: readonly string[];
  machine: ReturnType<ReturnType<typeof observeMachine>>;
}

async function report(
  output: string,
  results: readonly Throughput[],
  circumstances: Circumstances,
): Promise<void> {
  const { runs, notes, machine } = circumstances;
  console.log(throughputTable(results));
  console.log(`\nMedians of ${runs} interleaved runs, smallest to largest in brackets.`);
  console.log('Ratios: the median of the rounds; half of them lie between those in brackets.\n');
  for (const line of [...comparisons(results), ...notes]) console.log(`- ${line}`);
  console.log(`\n${describeMachine(machine)}`);
  await writeResult(output, `${JSON.stringify({ ...circumstances, results }, undefined, 2)}\n`);
}

/** Starts the servers, and compiles and installs what is measured on them. */
async function prepare(
  { scratch, progress, assertWanted }: Bench,
  store: string,
  work: { jobs: number; concurrency: number },
  withPeers: boolean,
): Promise<{ programs: ThroughputProgram[]; notes: string[]; close: () => Promise<void> }> {
  progress('Starting servers, compiling the programs …');
  const entry = (name: string) => `tools/bench/src/throughput/programs/${name}.main.ts`;
  const files: ProgramFiles = await compilePrograms(join(scratch, 'programs'), {
    'job-host': entry('job-host'),
    'raw-worker': entry('raw-worker'),
    add: entry('add'),
  });
  const kind = store === 'postgres' ? 'postgres' : 'redis';
  const stores = await openStores(kind, scratch, { appendfsync: 'everysec' });
  const programs: ThroughputProgram[] = [];
  const notes: string[] = [];
  try {
    const { databaseUrl, queueUrl } = stores.direct;
    await migrateQueueStore(databaseUrl);
    if (store !== 'redis') {
      const settings = { ...work, databaseUrl, queueUrl: databaseUrl };
      programs.push(...programsOn('Postgres', files, settings));
      if (withPeers) {
        progress('Installing graphile-worker and pg-boss …');
        try {
          programs.push(...peerPrograms(await installPeers(join(scratch, 'peers')), settings));
        } catch (error) {
          assertWanted();
          const reason = error instanceof Error ? error.message : String(error);
          notes.push(
            `graphile-worker and pg-boss are left out, they cannot be installed: ${reason}`,
          );
        }
      }
    }
    if (store !== 'postgres') {
      const settings = { ...work, databaseUrl, queueUrl };
      const [raw, host, ...producers] = programsOn('Redis', files, settings);
      // Redis is faster: as many jobs as on Postgres would be over before they can be measured.
      const many = { ...settings, jobs: work.jobs * 8 };
      for (const worker of [raw, host]) if (worker) programs.push({ ...worker, settings: many });
      programs.push(...producers, outboxProgram(files, many));
    }
    return { programs, notes, close: () => stores.close() };
  } catch (error) {
    await stores.close();
    throw error;
  }
}
