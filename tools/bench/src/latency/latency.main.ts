/*
 * npx nx run bench:latency
 *
 * How long a job waits, from the call of `add` in one process to the begin of its handler in another.
 *
 * Knobs     --rate, --seconds, --concurrency, --runs, --no-peers, --node, --quiet, --output; --help describes each
 *
 * Output    a Markdown table; the same figures in a JSON file
 *
 * Compared  this runtime with one and with two worker processes, BullMQ alone with one and with two, and graphile-worker
 *           in its newest version, as installed. Jobs are added at a steady rate, whether or not earlier ones have run.
 *
 * The servers are this run's own. The first quarter of the jobs of a run is not counted.
 */
import { join } from 'node:path';
import { migrateQueueStore } from '@libs/queue';
import {
  compilePrograms,
  countFlag,
  describeMachine,
  type Experiment,
  markdownTable,
  observeMachine,
  runExperiment,
  startPrivateServers,
  switchFlag,
  textFlag,
  WORKSPACE_ROOT,
  writeResult,
} from '@tools/experiment';
import { interleaved } from '../measure/interleaved';
import { NODE_FLAG, nodeVersion } from '../measure/node-binary';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { summarize, type Summary } from '../measure/statistics';
import { installPeers } from '../throughput/peers/install-peers';
import { type LatencyProgram, type LatencyRun, measureLatency } from './measure-latency';

const command = {
  target: 'bench:latency',
  about: 'Measures how long a job waits until its handler begins in another process.',
  flags: {
    rate: countFlag('jobs that are added in a second', 200),
    seconds: countFlag('how long jobs are added', 10),
    concurrency: countFlag('jobs that a process runs at the same time', 16),
    runs: countFlag('counted runs of each program; one more is not counted', 3),
    'no-peers': switchFlag('leave out graphile-worker'),
    ...NODE_FLAG,
    ...QUIET_FLAG,
    output: textFlag('the JSON file', 'dist/bench/latency.json'),
  },
};

interface LatencyRow {
  readonly what: string;
  readonly workers: number;
  readonly median: Summary;
  readonly p99: Summary;
  readonly max: Summary;
}

runExperiment(command, async (experiment, options) => {
  const { rate, seconds, concurrency, runs, output, node } = options;
  const version = await nodeVersion(node);
  const load = { rate, concurrency, jobs: rate * seconds };
  const servers = await startPrivateServers(experiment.scratch, { redis: 'everysec' });
  try {
    await migrateQueueStore(servers.postgres.url);
    const urls = { Postgres: servers.postgres.url, Redis: servers.redis?.url ?? '' };
    const programs = await ownPrograms(experiment, urls, node);
    const notes: string[] = [];
    if (!options['no-peers']) {
      try {
        programs.push(...(await peerPrograms(experiment, urls.Postgres, node)));
      } catch (error) {
        experiment.throwIfStopped();
        notes.push(`graphile-worker is left out: ${String(error)}`);
      }
    }
    await quietMachine(experiment, options.quiet);
    const machine = observeMachine(version);
    experiment.progress(`Measuring ${programs.length} programs, ${runs} times each …`);
    const measured = await interleaved(programs, runs, (program) => {
      experiment.throwIfStopped();
      return measureLatency(program, load);
    });
    const rows = [...measured].map(([program, each]) => rowOf(program, each));
    const observed = machine();
    console.log(markdownTable(COLUMNS, rows));
    console.log(`\nMedians of ${runs} interleaved runs; smallest and largest in brackets.`);
    console.log(`${rate} jobs a second for ${seconds} s. ${notes.join(' ')}`);
    console.log(describeMachine(observed));
    const result = { ...load, runs, notes, machine: observed, rows };
    await writeResult(output, `${JSON.stringify(result, undefined, 2)}\n`);
  } finally {
    await servers.close();
  }
});

async function ownPrograms(
  { scratch }: Experiment,
  urls: Record<LatencyProgram['store'], string>,
  node: string,
): Promise<LatencyProgram[]> {
  const entry = (name: string) => `tools/bench/src/latency/programs/${name}.main.ts`;
  const entries = { host: entry('host'), raw: entry('raw') };
  const files = await compilePrograms(join(scratch, 'programs'), entries, WORKSPACE_ROOT);
  const kinds = [
    { what: 'this runtime', file: files.host },
    { what: 'BullMQ alone', file: files.raw },
  ];
  return (['Postgres', 'Redis'] as const).flatMap((store) =>
    kinds.flatMap(({ what, file }) =>
      [1, 2].map((workers) => ({
        ...{ store, what, file, workers },
        node,
        url: urls[store],
      })),
    ),
  );
}

async function peerPrograms(
  { scratch }: Experiment,
  url: string,
  wanted: string,
): Promise<LatencyProgram[]> {
  const { node, compile } = await installPeers(join(scratch, 'peers'), wanted);
  const file = await compile('tools/bench/src/latency/programs/graphile.main.ts');
  return [1, 2].map((workers) => ({
    ...{ store: 'Postgres', what: 'graphile-worker', workers },
    ...{ node, file, url },
  }));
}

function rowOf({ store, what, workers }: LatencyProgram, runs: readonly LatencyRun[]): LatencyRow {
  const of = (figure: keyof LatencyRun) => summarize(runs.map((run) => run[figure]));
  return {
    ...{ what: `${store}: ${what}`, workers },
    ...{ median: of('median'), p99: of('p99'), max: of('max') },
  };
}

const milliseconds = ({ median, min, max }: Summary) =>
  `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;

const COLUMNS = [
  { title: 'what', align: 'left' as const, value: ({ what }: LatencyRow) => what },
  {
    title: 'worker processes',
    align: 'right' as const,
    value: ({ workers }: LatencyRow) => String(workers),
  },
  {
    title: 'median, ms',
    align: 'right' as const,
    value: ({ median }: LatencyRow) => milliseconds(median),
  },
  { title: '99 %, ms', align: 'right' as const, value: ({ p99 }: LatencyRow) => milliseconds(p99) },
  {
    title: 'longest, ms',
    align: 'right' as const,
    value: ({ max }: LatencyRow) => milliseconds(max),
  },
];
