/*
 * npx nx run bench:start-settings
 *
 * What each way of making a worker start faster gains, one at a time.
 *
 * Knobs     --runs    counted runs of each program; one more before them is not counted
 *           --node    the binary that runs the programs; the compile cache needs Node 22.1 or newer
 *           --output  the JSON file
 *           --quiet   minutes to wait at most for other work on the machine to end
 *
 * Output    a Markdown table on standard output; the same figures, and each single run, in the JSON file.
 *
 * Compared  the worker as `nx build worker` makes it, one processor selected, with the same worker
 *             - that loads the code of all its processors before it starts
 *             - that is not minified (`--minify=false`)
 *             - whose source maps are read (`node --enable-source-maps`)
 *             - with the code that V8 has compiled kept on disk (NODE_COMPILE_CACHE)
 */
import { join } from 'node:path';
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
import type { Program } from '../measure/program';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { deploy, type DeployedSize, deployedSize } from '../workspace/deployment';
import { addSample, JOB } from '../workspace/sample-processors';
import { WorkspaceCopy } from '../workspace/workspace-copy';
import { coldStartTable, summarizeRuns } from './cold-start-report';

const FLAGS = {
  ...QUIET_FLAG,
  runs: { description: 'counted runs of each program', default: '15' },
  node: { description: 'the node binary that runs the programs', default: process.execPath },
  output: { description: 'the JSON file', default: 'dist/bench/start-settings.json' },
};

const ABOUT = 'Measures what each way of making a worker start faster gains.';

const EAGER_ENTRY = 'apps/worker/src/eager.main.ts';

/** Loads what a worker would load without lazily loaded processors. */
const EAGER_SOURCE = `import { processors } from './processors.generated';

await Promise.all(Object.values(processors).map((load) => load()));
await import('./main');
`;

interface Setting {
  program: Program;
  size: DeployedSize;
}

runBenchmark('start-settings', async (bench) => {
  const read = readOptions(process.argv.slice(2), ABOUT, FLAGS);
  if ('help' in read) {
    console.log(read.help);
    return;
  }
  const { values } = read;
  const runs = count('runs', values.runs);
  const node = await nodeVersion(values.node);
  const settings = await prepare(bench, hasCompileCache(node));
  await quietMachine(bench, values.quiet);
  const machine = observeMachine(node);
  const programs = await withBenchDatabase(async (databaseUrl) => {
    const meter = await FirstJobMeter.open(databaseUrl, JOB, values.node);
    try {
      bench.progress(`Measuring ${settings.length} programs, ${runs} times each …`);
      const results = await interleaved(settings, runs, ({ program }) => {
        bench.assertWanted();
        return meter.measure(program);
      });
      return [...results].map(([setting, jobs]) => summarizeRuns(setting, jobs));
    } finally {
      await meter.close();
    }
  });
  const observed = machine();

  console.log(coldStartTable(programs));
  console.log(`\nMedians of ${runs} interleaved runs, smallest to largest in brackets.`);
  if (!hasCompileCache(node)) {
    console.log(
      'The compile cache is left out: Node has it from 22.1 on (choose one with --node).',
    );
  }
  console.log(describeMachine(observed));
  await writeResult(
    values.output,
    `${JSON.stringify({ machine: observed, programs }, undefined, 2)}\n`,
  );
});

async function prepare(
  { scratch, progress, assertWanted }: Bench,
  withCache: boolean,
): Promise<Setting[]> {
  progress('Building the worker with each setting …');
  const copy = await WorkspaceCopy.create(join(scratch, 'workspace'));
  await addSample(copy);
  await copy.write(EAGER_ENTRY, EAGER_SOURCE);
  const built: [name: string, ...options: string[]][] = [
    ['plain'],
    ['eager', `--main=${EAGER_ENTRY}`],
    ['readable', '--minify=false'],
  ];
  for (const [name, ...options] of built) {
    assertWanted();
    await copy.nx('build', 'worker', `--outputPath=dist/${name}`, ...options);
    await deploy(copy.path('dist', name), join(scratch, name));
  }
  const setting = async (
    name: string,
    folder: string,
    { flags = [], cache }: { flags?: string[]; cache?: string } = {},
  ): Promise<Setting> => ({
    program: {
      name,
      folder: join(scratch, folder),
      args: [...flags, 'main.js'],
      env: {
        WORKER_PROCESSORS: JOB,
        WORKER_HTTP: '0',
        HOST: '127.0.0.1',
        ...(cache ? { NODE_COMPILE_CACHE: join(scratch, cache) } : {}),
      },
    },
    size: await deployedSize(join(scratch, folder)),
  });
  const settings = [
    setting('as built', 'plain'),
    setting('all processors loaded', 'eager'),
    setting('not minified', 'readable'),
    setting('source maps read', 'plain', { flags: ['--enable-source-maps'] }),
  ];
  if (withCache) settings.push(setting('compile cache', 'plain', { cache: 'compile-cache' }));
  return Promise.all(settings);
}

/** `module.enableCompileCache` and NODE_COMPILE_CACHE came with Node 22.1. */
function hasCompileCache(version: string): boolean {
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 1);
}
