/*
 * npx nx run bench:commands
 *
 * What a command costs whose work is small: the start of `npx queue …` and of Nx beside the start of a bare node.
 *
 * Knobs     --runs (of each command; one more is not counted), --against=<folder>, --quiet, --output
 *
 * Output    a Markdown table of processor time, which other work on the machine affects less than the time on the
 *           clock; the same figures in a JSON file; how many packages are installed.
 *
 * Compared  each command with a bare node, and with --against the same command of another checkout, where it has it:
 *           by `queue` if it has that, or else by Nx. All are interleaved.
 *
 * Each command runs in a copy of the workspace that was built, on a Postgres of this run, without npx, which takes half
 * a second of its own. Nx runs without its daemon and its cache; before each of its commands a file changes, as
 * before a person runs one.
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
import { interleaved } from '../measure/interleaved';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { summarize } from '../measure/statistics';
import { migratedDatabase } from '../workspace/migrated-database';
import { AGAINST_FLAG, WorkspaceCopy } from '../workspace/workspace-copy';
import { commandsTable, type TimedCommand } from './commands-report';
import { Checkout } from './checkout';

const COMMANDS = [
  'node',
  'queue --help',
  'queue queues --job=report',
  'queue dead --job=report',
  'queue schedules',
  `queue enqueue --job=report --data={"reportId":"e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b11"}`,
  'queue why --package=sharp',
  'queue report',
  'nx show projects',
  'nx build worker',
];

const command = {
  target: 'bench:commands',
  about: 'Measures what the start of each command costs, beside that of a bare node.',
  flags: {
    runs: countFlag('counted runs of each command; one more is not counted', 5),
    ...AGAINST_FLAG,
    ...QUIET_FLAG,
    output: textFlag('the JSON file', 'dist/bench/commands.json'),
  },
};

runExperiment(command, async (experiment, { runs, against, quiet, output }) => {
  await quietMachine(experiment, quiet);
  const machine = observeMachine();
  const servers = await startPrivateServers(experiment.scratch);
  try {
    const folders = against === '' ? [undefined] : [undefined, against];
    const checkouts: Checkout[] = [];
    for (const [index, folder] of folders.entries()) {
      checkouts.push(await prepare(experiment, servers.postgres.url, index, folder));
    }
    const items = COMMANDS.flatMap((line) =>
      checkouts.filter((checkout) => checkout.has(line)).map((checkout) => ({ line, checkout })),
    );
    experiment.progress('Timing the commands …');
    const times = await interleaved(items, runs, ({ line, checkout }) => {
      experiment.throwIfStopped();
      return checkout.run(line);
    });
    const rows = [...times].map(([{ line, checkout }, measured]): TimedCommand => ({
      line,
      isHere: checkout === checkouts[0],
      cpu: summarize(measured),
    }));
    const observed = machine();
    console.log(commandsTable(rows));
    for (const checkout of checkouts)
      console.log(`\n${checkout.name}: ${checkout.packages} packages`);
    console.log(describeMachine(observed));
    await writeResult(
      output,
      `${JSON.stringify({ machine: observed, commands: rows }, undefined, 2)}\n`,
    );
  } finally {
    await servers.close();
  }
});

async function prepare(
  { progress, scratch }: Experiment,
  server: string,
  index: number,
  folder: string | undefined,
): Promise<Checkout> {
  progress(`Building a copy of ${folder ?? 'this workspace'} …`);
  const copy = await WorkspaceCopy.create(join(scratch, `workspace-${index}`), folder);
  const checkout = new Checkout(
    copy,
    folder ?? 'here',
    await migratedDatabase(server, `commands-${index}`, copy),
  );
  await copy.nx('build', 'worker');
  return checkout;
}
