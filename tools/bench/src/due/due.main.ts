/*
 * npx nx run bench:due
 *
 * What happens when very many delayed jobs are due in the same second, on Postgres.
 *
 * Knobs     --jobs, --run, --statement-timeout, --output; --help describes each
 *
 * Output    a Markdown table with one row; the same figures in a JSON file
 *
 * Measured  from the time of the jobs to the first that runs; the slowest statement that fetches jobs; how often the
 *           worker was not ready; the lines of its log
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { migrateQueueStore } from '@libs/queue';
import {
  type Column,
  compilePrograms,
  countFlag,
  describeMachine,
  ExperimentError,
  markdownTable,
  observeMachine,
  runExperiment,
  spawnProgram,
  startPrivateServers,
  textFlag,
  WORKSPACE_ROOT,
  writeResult,
} from '@tools/experiment';
import { Client } from 'pg';
import { type DueReport, QUEUE } from './due-job';

const command = {
  target: 'bench:due',
  about: 'Measures what happens when many delayed jobs are due at once.',
  flags: {
    jobs: countFlag('how many jobs are due', 100_000),
    run: countFlag('how many of them are run', 20_000),
    'statement-timeout': textFlag('the statement_timeout of the database; 0: none', '2s'),
    output: textFlag('the JSON file', 'dist/bench/due.json'),
  },
};

/** In milliseconds: from the start of the worker, which must be idle then, to the time of the jobs. */
const LEAD = 30_000;

interface Row {
  jobs: number;
  first: number;
  report: DueReport;
  perSecond: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'jobs due', value: ({ jobs }) => jobs.toLocaleString('en'), align: 'right' },
  { title: 'the first runs after, ms', value: ({ first }) => String(first), align: 'right' },
  { title: 'slowest fetch, ms', value: ({ report }) => report.slowest.toFixed(0), align: 'right' },
  { title: 'jobs/s then', value: ({ perSecond }) => perSecond.toFixed(0), align: 'right' },
  {
    title: 'checks not ready',
    value: ({ report }) => `${report.notReady} of ${report.checks}`,
    align: 'right',
  },
  { title: 'warnings', value: ({ report }) => String(report.lines.length), align: 'right' },
];

runExperiment(command, async (experiment, options) => {
  const servers = await startPrivateServers(experiment.scratch);
  const { url } = servers.postgres;
  const admin = new Client({ connectionString: url });
  try {
    await migrateQueueStore(url);
    await admin.connect();
    const entries = { worker: 'tools/bench/src/due/programs/due-worker.main.ts' };
    const programs = join(experiment.scratch, 'programs');
    const { worker } = await compilePrograms(programs, entries, WORKSPACE_ROOT);
    const machine = observeMachine();
    experiment.progress(`Adding ${options.jobs} jobs …`);
    await admin.query(
      `INSERT INTO bullmq.job (queue, id, seq, name, state, added_at_ms, process_at_ms, delay_ms)
       SELECT $1, n::text, n, $1, 'delayed', 1, 9e12::bigint, 1 FROM generate_series(1, $2::integer) AS n`,
      [QUEUE, options.jobs],
    );
    const name = new URL(url).pathname.slice(1);
    await admin.query(
      `ALTER DATABASE "${name}" SET statement_timeout TO '${options['statement-timeout']}'`,
    );
    experiment.progress('Starting the worker …');
    const dueAt = Date.now() + LEAD;
    await admin.query(
      'UPDATE bullmq.job SET process_at_ms = $2::bigint + (seq % 1000) WHERE queue = $1',
      [QUEUE, dueAt],
    );
    const report = await run([worker, url, String(options.run)]);
    const row: Row = {
      jobs: options.jobs,
      first: report.firstAt - dueAt,
      report,
      perSecond: (options.run * 1_000) / (report.lastAt - report.firstAt),
    };
    console.log(markdownTable(COLUMNS, [row]));
    for (const line of report.lines) console.log(`- ${line}`);
    console.log(`\n${describeMachine(machine())}`);
    await writeResult(options.output, `${JSON.stringify(row, undefined, 2)}\n`);
  } finally {
    await admin.end();
    await servers.close();
  }
});

async function run(command: readonly string[]): Promise<DueReport> {
  const child = spawnProgram(process.execPath, command, {
    cwd: WORKSPACE_ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  child.stderr.pipe(process.stderr);
  const exited = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith('{"report"')) continue;
    await exited;
    // Written by the program.
    return (JSON.parse(line) as { report: DueReport }).report;
  }
  throw new ExperimentError('The worker has ended without a report.');
}
