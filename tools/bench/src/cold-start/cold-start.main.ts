/*
 * npx nx run bench:cold-start
 *
 * How long from starting a process until its first job is done, how much memory it then holds, and how
 * many bytes have to be brought to a machine for that.
 *
 * Knobs     --runs      counted runs a program; one more before them is not counted
 *           --node      the binary that runs the programs, to measure another version of Node
 *           --output    the JSON file
 *           --no-peers  leaves out what `nx g @nx/nest:app` builds, whose packages take minutes to install
 *           --quiet     minutes to wait at most for other work on the machine to end
 *
 * Output    a Markdown table on standard output, with what was aimed at and what came out; the same
 *           figures, and each single run, in the JSON file.
 *
 * Compared  this worker: `nx build worker`, its folder copied elsewhere and `npm ci --omit=dev` there,
 *             - with one processor selected, in a worker that has no native package
 *             - with all processors of that worker
 *             - with a processor that uses sharp besides, all selected
 *           limit: the smallest BullMQ worker on Postgres, bundled by the same executor
 *           one file each: the same sources compiled file by file, with node_modules from npm install
 *           nx default: what `nx g @nx/nest:app` builds (webpack), with BullMQ, TypeORM and one processor
 *
 * Every program runs the same job, which does nothing, from the same Postgres. The runs are interleaved.
 */
import {
  type Bench,
  count,
  describeMachine,
  observeMachine,
  readOptions,
  runBenchmark,
  writeResult,
} from '@tools/experiment';
import { withBenchDatabase } from '../database/bench-database';
import { FirstJobMeter } from '../measure/first-job';
import { interleaved } from '../measure/interleaved';
import { nodeVersion } from '../measure/node-version';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { JOB } from '../workspace/sample-processors';
import { aims, type ColdStart, coldStartTable, summarizeRuns } from './cold-start-report';
import { type Contender, prepareContenders } from './contenders';

const FLAGS = {
  ...QUIET_FLAG,
  runs: { description: 'counted runs of each program', default: '9' },
  node: { description: 'the node binary that runs the programs', default: process.execPath },
  output: { description: 'the JSON file', default: 'dist/bench/cold-start.json' },
  'no-peers': { description: 'leave out what nx g @nx/nest:app builds' },
};

const ABOUT =
  'Measures cold start, memory and bytes to deploy of this worker, and of other ways to build it.';

runBenchmark('cold-start', async (bench) => {
  const read = readOptions(process.argv.slice(2), ABOUT, FLAGS);
  if ('help' in read) {
    console.log(read.help);
    return;
  }
  const { values } = read;
  const runs = count('runs', values.runs);
  const node = await nodeVersion(values.node);
  const { contenders, notes } = await prepareContenders(bench, { peers: !values['no-peers'] });
  await quietMachine(bench, values.quiet);
  const machine = observeMachine(node);
  const measured = await measure(bench, contenders, { runs, node: values.node });
  const result = { machine: machine(), notes, programs: measured, aims: aims(measured) };

  console.log(coldStartTable(measured));
  console.log(`\n${result.aims.map(({ text }) => `- ${text}`).join('\n')}`);
  for (const note of notes) console.log(`- ${note}`);
  console.log(`\nMedians of ${runs} interleaved runs, smallest to largest in brackets.`);
  console.log(describeMachine(result.machine));
  await writeResult(values.output, `${JSON.stringify(result, undefined, 2)}\n`);
});

async function measure(
  { progress, assertWanted }: Bench,
  contenders: readonly Contender[],
  { runs, node }: { runs: number; node: string },
): Promise<ColdStart[]> {
  return withBenchDatabase(async (databaseUrl) => {
    const meter = await FirstJobMeter.open(databaseUrl, JOB, node);
    try {
      progress(`Measuring ${contenders.length} programs, ${runs} times each …`);
      const results = await interleaved(contenders, runs, ({ program }) => {
        assertWanted();
        return meter.measure(program);
      });
      return [...results].map(([contender, jobs]) => summarizeRuns(contender, jobs));
    } finally {
      await meter.close();
    }
  });
}
