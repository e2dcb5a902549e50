/*
 * npx nx run bench:generators
 *
 * What generators cost as processors become many: the processor time of each in a workspace with 3 of them and in one
 * with 300; for information also that of `nx sync:check`, `nx show projects`, a build and `why`.
 *
 * Knobs     --sizes, --runs (of each command; one more is not counted), --quiet, --output; --help describes each
 *
 * Output    a Markdown table with the ratio of the largest size to the smallest; the same figures in a JSON file.
 *
 * Compared  the sizes with each other, interleaved. `rename` and `remove` ask an empty Postgres of this run for jobs.
 *
 * The processors are copies of what the generator writes, in copies of this workspace with a second worker. Nx runs without its
 * daemon and without its cache of results; it keeps its project graph, of which each generator has changed some files.
 */
import { join } from 'node:path';
import {
  countFlag,
  describeMachine,
  type Experiment,
  observeMachine,
  runExperiment,
  startPrivateServers,
  textFlag,
  writeResult,
} from '@tools/experiment';
import { commandCpu } from '../measure/command-cpu';
import { interleaved } from '../measure/interleaved';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { summarize } from '../measure/statistics';
import { migratedDatabase } from '../workspace/migrated-database';
import { addSample, growSamples } from '../workspace/sample-processors';
import { WorkspaceCopy } from '../workspace/workspace-copy';
import { generatorsTable, growthOf, type GrownCommand, TARGET } from './generators-report';

const GENERATE = 'generate @tools/queue:';

/** In this order, each works on what the one before has left, and the last leaves the workspace as it was. */
const COMMANDS = [
  `${GENERATE}processor invoice --worker=worker`,
  `${GENERATE}rename invoice bill`,
  `${GENERATE}move bill --to=media`,
  `${GENERATE}remove bill`,
  `${GENERATE}job invoice`,
  `${GENERATE}remove invoice`,
  `${GENERATE}worker last`,
  `${GENERATE}remove-worker last`,
  'sync:check',
  'show projects',
  'build worker',
  'run worker:why --package=sharp',
];

const command = {
  target: 'bench:generators',
  about: 'Measures what generators cost as processors become many.',
  flags: {
    sizes: textFlag('numbers of generated processors, ascending', '3,300'),
    runs: countFlag('counted runs of each command; one more is not counted', 3),
    ...QUIET_FLAG,
    output: textFlag('the JSON file', 'dist/bench/generators.json'),
  },
};

interface SizedCopy {
  size: number;
  copy: WorkspaceCopy;
  databaseUrl: string;
}

runExperiment(command, async (experiment, { sizes: list, runs, quiet, output }) => {
  await quietMachine(experiment, quiet);
  const machine = observeMachine();
  const sizes = list.split(',').map(Number);
  const servers = await startPrivateServers(experiment.scratch);
  try {
    const copies: SizedCopy[] = [];
    for (const size of sizes) copies.push(await prepare(experiment, servers.postgres.url, size));
    experiment.progress('Timing the commands …');
    const times = await interleaved(copies, runs, async (sized) => {
      const measured = new Map<string, number>();
      for (const line of COMMANDS) {
        experiment.throwIfStopped();
        measured.set(line, await timeNx(sized, line));
      }
      return measured;
    });
    const rows = COMMANDS.map((line): GrownCommand => {
      const bySize = [...times].map(
        ([{ size }, rounds]) =>
          [size, summarize(rounds.flatMap((round) => round.get(line) ?? []))] as const,
      );
      return { line: `nx ${line.replace(GENERATE, 'g ')}`, cpu: new Map(bySize) };
    });
    const observed = machine();

    console.log(generatorsTable(sizes, rows));
    const slow = rows.filter((row) => row.line.startsWith('nx g ') && growthOf(row) > TARGET);
    const verdict =
      slow.length === 0 ? 'met by all' : `missed by ${slow.map(({ line }) => line).join(', ')}`;
    console.log(`\nTarget of generators: a ratio of at most ${TARGET}: ${verdict}.`);
    console.log(`\nMedians of ${runs} interleaved runs, smallest to largest in brackets.`);
    console.log(describeMachine(observed));
    const commands = rows.map(({ line, cpu }) => ({ line, cpu: Object.fromEntries(cpu) }));
    await writeResult(output, `${JSON.stringify({ machine: observed, commands }, undefined, 2)}\n`);
  } finally {
    await servers.close();
  }
});

async function prepare(
  { progress, throwIfStopped, scratch }: Experiment,
  server: string,
  size: number,
): Promise<SizedCopy> {
  throwIfStopped();
  progress(`Preparing a workspace with ${size} generated processors …`);
  const copy = await WorkspaceCopy.create(join(scratch, `workspace-${size}`));
  await addSample(copy);
  await growSamples(copy, size);
  await copy.nx('generate', '@tools/queue:worker', 'media', '--no-interactive');
  return { size, copy, databaseUrl: await migratedDatabase(server, `generators-${size}`, copy) };
}

function timeNx({ copy, databaseUrl }: SizedCopy, line: string): Promise<number> {
  const args = [...line.split(' '), ...(line.startsWith(GENERATE) ? ['--no-interactive'] : [])];
  return commandCpu([copy.path('node_modules/nx/dist/bin/nx.js'), ...args], {
    cwd: copy.root,
    env: {
      CI: 'false',
      NX_DAEMON: 'false',
      NX_SKIP_NX_CACHE: 'true',
      NX_ISOLATE_PLUGINS: 'false',
      NO_COLOR: '1',
      DATABASE_URL: databaseUrl,
    },
  });
}
