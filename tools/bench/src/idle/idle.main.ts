/*
 * npx nx run bench:idle
 *
 * How many transactions a worker without jobs asks of Postgres in a minute.
 *
 * Knobs     --processors, --settle, --minutes, --no-raw, --output; --help describes each
 *
 * Output    a Markdown table; the same figures in a JSON file
 *
 * Compared  a process of this runtime, with as many workers of BullMQ alone in one process
 *
 * Counted by the server (`pg_stat_database`), with nothing else in its database and without autovacuum. Workers of
 * BullMQ alone have a pool each, of which the server must take the connections: 80 of them are left out.
 */
import { join } from 'node:path';
import { migrateQueueStore } from '@libs/queue';
import {
  type Column,
  compilePrograms,
  countFlag,
  describeMachine,
  markdownTable,
  observeMachine,
  runExperiment,
  startPrivateServers,
  switchFlag,
  textFlag,
  WORKSPACE_ROOT,
  writeResult,
} from '@tools/experiment';
import { Client } from 'pg';
import { countTransactions } from './count-transactions';

const command = {
  target: 'bench:idle',
  about: 'Counts the transactions that a worker without jobs asks of Postgres.',
  flags: {
    processors: textFlag('how many processors, one or several numbers', '3,80'),
    settle: countFlag('seconds from the start of a worker to the first that counts', 45),
    minutes: countFlag('minutes that are counted', 2),
    'no-raw': switchFlag('leave out BullMQ alone'),
    output: textFlag('the JSON file', 'dist/bench/idle.json'),
  },
};

/** The most workers of BullMQ alone: each has two connections and more. */
const MOST_RAW = 20;

interface Row {
  what: string;
  processors: number;
  perMinute: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'worker', value: ({ what }) => what, align: 'left' },
  { title: 'processors', value: ({ processors }) => String(processors), align: 'right' },
  {
    title: 'transactions a minute',
    value: ({ perMinute }) => perMinute.toFixed(1),
    align: 'right',
  },
];

runExperiment(command, async (experiment, options) => {
  const servers = await startPrivateServers(experiment.scratch);
  try {
    const databaseUrl = servers.postgres.url;
    await migrateQueueStore(databaseUrl);
    await stopAutovacuum(databaseUrl);
    const entries = { worker: 'tools/bench/src/idle/programs/idle-worker.main.ts' };
    const programs = join(experiment.scratch, 'programs');
    const { worker } = await compilePrograms(programs, entries, WORKSPACE_ROOT);
    const machine = observeMachine();
    const times = { settle: options.settle * 1_000, counted: options.minutes * 60_000 };
    const rows: Row[] = [];
    for (const processors of options.processors.split(',').map(Number)) {
      const contenders = [
        { what: 'this runtime', whose: 'host' },
        ...(options['no-raw'] || processors > MOST_RAW
          ? []
          : [{ what: 'BullMQ alone', whose: 'raw' }]),
      ];
      for (const { what, whose } of contenders) {
        experiment.throwIfStopped();
        experiment.progress(`Counting: ${what}, ${processors} processors …`);
        const own = [worker, whose, databaseUrl, String(processors)];
        const program = { what, processors, command: own, databaseUrl };
        rows.push({ what, processors, perMinute: await countTransactions(program, times) });
      }
    }
    console.log(markdownTable(COLUMNS, rows));
    console.log(`\n${describeMachine(machine())}`);
    await writeResult(options.output, `${JSON.stringify(rows, undefined, 2)}\n`);
  } finally {
    await servers.close();
  }
});

async function stopAutovacuum(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('ALTER SYSTEM SET autovacuum TO off');
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}
