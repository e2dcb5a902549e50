/*
 * npx nx run bench:serve
 *
 * How long a change takes until it runs: from the time at which a source is written to the line by which the
 * application that `nx serve` has restarted says that it is ready.
 *
 * Knobs     --runs (changes of each application; one more is not counted), --quiet, --output
 *
 * Output    a Markdown table, the difference, and the same figures in a JSON file
 *
 * Compared  each application with its own start: what `nx build` has built, started by node, until the same line.
 *           Both are interleaved. A change also waits until the application that runs has stopped.
 */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Column,
  countFlag,
  describeMachine,
  markdownTable,
  observeMachine,
  runExperiment,
  startPrivateServers,
  textFlag,
  whole,
  writeResult,
} from '@tools/experiment';
import { interleaved } from '../measure/interleaved';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { type Summary, summarize } from '../measure/statistics';
import { migratedDatabase } from '../workspace/migrated-database';
import { WorkspaceCopy } from '../workspace/workspace-copy';
import { ServedApplication } from './served-application';

const command = {
  target: 'bench:serve',
  about: 'Measures how long a change takes until it runs under `nx serve`.',
  flags: {
    runs: countFlag('counted changes of each application; one more is not counted', 9),
    ...QUIET_FLAG,
    output: textFlag('the JSON file', 'dist/bench/serve.json'),
  },
};

/** In milliseconds: how long a person looks at the application before the next change. */
const PAUSE = 5_000;

/** In milliseconds: a change may take this much longer than the application's own start. */
const TARGET = 300;

interface Application {
  readonly name: string;
  readonly ready: RegExp;
  /** The file that changes. */
  readonly source: string;
}

const APPLICATIONS: readonly Application[] = [
  {
    name: 'worker',
    ready: /Running notification/,
    source: 'apps/worker/src/processors/notification/notification.processor.ts',
  },
  { name: 'api', ready: /Ready on http/, source: 'apps/api/src/config.ts' },
];

interface Row {
  readonly what: string;
  readonly times: Summary;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'what', value: ({ what }) => what, align: 'left' },
  {
    title: 'until it is ready, ms',
    value: ({ times: { median, min, max } }) => `${whole(median)} (${whole(min)}–${whole(max)})`,
    align: 'right',
  },
];

runExperiment(command, async (experiment, { runs, quiet, output }) => {
  await quietMachine(experiment, quiet);
  const machine = observeMachine();
  const servers = await startPrivateServers(experiment.scratch);
  try {
    experiment.progress('Building a copy of this workspace …');
    const copy = await WorkspaceCopy.create(join(experiment.scratch, 'workspace'));
    const databaseUrl = await migratedDatabase(servers.postgres.url, 'serve', copy);
    const rows: Row[] = [];
    for (const application of APPLICATIONS) {
      await copy.nx('build', application.name);
      experiment.progress(`Changing ${application.name} ${runs + 1} times …`);
      const times = await measure(copy, application, databaseUrl, runs);
      rows.push(
        { what: `${application.name}: a change`, times: summarize(times.change) },
        { what: `${application.name}: its own start`, times: summarize(times.start) },
      );
    }
    console.log(markdownTable(COLUMNS, rows));
    for (const { name } of APPLICATIONS) console.log(`- ${difference(name, rows)}`);
    console.log(`\n${describeMachine(machine())}`);
    await writeResult(output, `${JSON.stringify(rows, undefined, 2)}\n`);
  } finally {
    await servers.close();
  }
});

async function measure(
  copy: WorkspaceCopy,
  { name, ready, source }: Application,
  databaseUrl: string,
  runs: number,
): Promise<Record<'change' | 'start', readonly number[]>> {
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    NODE_ENV: 'development',
    NO_COLOR: '1',
    CI: 'false',
    NX_DAEMON: 'false',
    DATABASE_URL: databaseUrl,
    WORKER_PROCESSORS: 'notification',
    WORKER_HTTP: 'off',
    // No mail is sent.
    SMTP_URL: 'smtp://localhost:2525',
    // Any free one.
    PORT: '0',
  };
  const nx = copy.path('node_modules/nx/dist/bin/nx.js');
  const served = new ServedApplication([nx, 'serve', name], ready, { cwd: copy.root, env });
  try {
    await served.untilReady(1);
    const measures = {
      change: () => change(served, copy.path(source)),
      start: () => start(['main.js'], ready, { cwd: copy.path('dist/apps', name), env }),
    };
    const times = await interleaved(['change', 'start'] as const, runs, (what) => measures[what]());
    return { change: times.get('change') ?? [], start: times.get('start') ?? [] };
  } finally {
    await served.stop();
  }
}

async function change(served: ServedApplication, file: string): Promise<number> {
  await sleep(PAUSE);
  const { times } = served;
  const started = performance.now();
  // The bundle differs: a restart is due.
  await appendFile(file, `\nprocess.env['CHANGED'] = '${started}';\n`);
  await served.untilReady(times + 1);
  return performance.now() - started;
}

async function start(...application: ConstructorParameters<typeof ServedApplication>) {
  const started = performance.now();
  const alone = new ServedApplication(...application);
  try {
    await alone.untilReady(1);
    return performance.now() - started;
  } finally {
    await alone.stop();
  }
}

function difference(name: string, rows: readonly Row[]): string {
  const medianOf = (what: string) => rows.find((row) => row.what === what)?.times.median ?? NaN;
  const longer = medianOf(`${name}: a change`) - medianOf(`${name}: its own start`);
  const verdict = longer <= TARGET ? 'met' : 'missed';
  return `${name}: a change runs ${whole(longer)} ms later than its own start takes (target: at most ${TARGET}, ${verdict}).`;
}
