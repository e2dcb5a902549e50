/*
 * npx nx run bench:scale
 *
 * What more worker processes bring, and what they cost the store.
 *
 * Knobs     --store, --processes, --queues, --concurrency, --work, --jobs, --seconds, --output; --help describes each
 *
 * Output    a Markdown table with a row for each number of processes; the same figures in a JSON file
 *
 * Measured  jobs a second of a backlog in several queues; how evenly the queues share them; CPU time, requests and
 *           connections of the store; and what one job costs that is added while all processes wait. "Requests" are
 *           transactions of Postgres, and what Redis has read from its connections (a pipeline counts once).
 *
 * All of it shares the processors of one machine: where `processors busy` is near their number, they are the limit, and
 * the CPU time of a job says how far the store alone would go.
 */
import { join } from 'node:path';
import { migrateQueueStore } from '@libs/queue';
import {
  choiceFlag,
  compilePrograms,
  countFlag,
  describeMachine,
  ExperimentError,
  markdownTable,
  observeMachine,
  runExperiment,
  startPrivateServers,
  textFlag,
  WORKSPACE_ROOT,
  writeResult,
} from '@tools/experiment';
import { measureScale, type ScaleRow } from './measure-scale';
import { compared, SCALE_COLUMNS } from './scale-report';
import { postgresGauge, redisGauge, type ServerGauge } from './server-use';

const command = {
  target: 'bench:scale',
  about: 'Measures what more worker processes bring, and what they cost the store.',
  flags: {
    store: choiceFlag('where the queues are', ['both', 'postgres', 'redis']),
    processes: textFlag('how many processes, one or several numbers', '1,2,4,8'),
    queues: countFlag('how many queues each process works on', 8),
    concurrency: countFlag('jobs of one queue that a process runs at the same time', 1),
    work: textFlag('milliseconds that a job waits; 0: it does nothing', '20'),
    jobs: countFlag(
      'jobs on Postgres, in all queues; there are four times as many on Redis',
      40_000,
    ),
    seconds: countFlag('how long jobs are counted', 10),
    output: textFlag('the JSON file', 'dist/bench/scale.json'),
  },
};

runExperiment(command, async (experiment, options) => {
  const { store, queues, concurrency, jobs, seconds: counted } = options;
  const work = numberOf('work', options.work, 0);
  const fleets = options.processes.split(',').map((text) => numberOf('processes', text, 1));
  const withRedis = store !== 'postgres';
  const servers = await startPrivateServers(
    experiment.scratch,
    withRedis ? { redis: 'everysec' } : {},
  );
  const gauges: (readonly [name: string, gauge: ServerGauge, jobs: number])[] = [];
  try {
    await migrateQueueStore(servers.postgres.url);
    const entries = { program: 'tools/bench/src/scale/programs/scale-worker.main.ts' };
    const programs = join(experiment.scratch, 'programs');
    const { program } = await compilePrograms(programs, entries, WORKSPACE_ROOT);
    if (store !== 'redis') gauges.push(['Postgres', await postgresGauge(servers), jobs]);
    if (withRedis) gauges.push(['Redis', redisGauge(servers), jobs * 4]);
    const machine = observeMachine();
    const rows: ScaleRow[] = [];
    for (const [name, gauge, backlog] of gauges) {
      for (const processes of fleets) {
        experiment.throwIfStopped();
        experiment.progress(`${name}: ${processes} processes …`);
        const settings = { program, processes, queues, concurrency, work, jobs: backlog, counted };
        rows.push(await measureScale(experiment, name, gauge, settings));
      }
    }
    console.log(markdownTable(SCALE_COLUMNS, compared(rows)));
    console.log(`\n${queues} queues, ${concurrency} at a time each; a job waits ${work} ms.`);
    console.log(describeMachine(machine()));
    await writeResult(options.output, `${JSON.stringify(rows, undefined, 2)}\n`);
  } finally {
    for (const [, gauge] of gauges) await gauge.close();
    await servers.close();
  }
});

function numberOf(flag: string, text: string, least: number): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < least) {
    throw new ExperimentError(`--${flag} has "${text}"; expected a whole number from ${least}.`);
  }
  return number;
}
