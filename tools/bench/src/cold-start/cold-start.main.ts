/*
 * npx nx run bench:cold-start
 *
 * The time from the start of a process to the end of its first job, the memory that it then uses, and the
 * bytes to deploy.
 *
 * Knobs     what is compared: --settings, --against=<folder>, --no-peers
 *           --runs, --node, --quiet, --output; --help describes each
 *
 * Output    a Markdown table, and targets with what was measured; the same figures and every single run in
 *           a JSON file.
 *
 * Compared  by default, this worker (`nx build worker`, deployed with `npm ci --omit=dev`) with one and with
 *           all processors loaded, against the smallest bundled BullMQ worker (the limit), the same worker
 *           compiled file by file, and what `nx g @nx/nest:app` builds
 *           --settings: the worker against itself with one build or Node setting changed
 *           --against: the worker against that of another checkout
 *
 * Every program runs the same job, which does nothing, from a Postgres of this run. The runs are interleaved.
 */
import {
  describeMachine,
  observeMachine,
  runExperiment,
  startPrivateServers,
  switchFlag,
  countFlag,
  textFlag,
  writeResult,
} from '@tools/experiment';
import { measureFirstJobs } from '../measure/first-job';
import { NODE_FLAG, nodeVersion } from '../measure/node-binary';
import { QUIET_FLAG, quietMachine } from '../measure/quiet-machine';
import { JOB } from '../workspace/sample-processors';
import { AGAINST_FLAG } from '../workspace/workspace-copy';
import { coldStartTable, comparisons, summarizeRuns, targets } from './cold-start-report';
import { prepareCheckouts, preparePeers, type Preparation } from './contenders';
import { hasCompileCache, prepareSettings } from './settings';

const command = {
  target: 'bench:cold-start',
  about: 'Measures cold start, memory and bytes to deploy of the worker, compared with others.',
  flags: {
    settings: switchFlag('compare build and Node settings of the worker instead'),
    ...AGAINST_FLAG,
    'no-peers': switchFlag(
      'leave out what nx g @nx/nest:app builds, which takes minutes to install',
    ),
    runs: countFlag('counted runs of each program; one more is not counted', 9),
    ...NODE_FLAG,
    ...QUIET_FLAG,
    output: textFlag('the JSON file', 'dist/bench/cold-start.json'),
  },
};

runExperiment(command, async (experiment, options) => {
  const { runs, node, against } = options;
  const version = await nodeVersion(node);
  const servers = await startPrivateServers(experiment.scratch);
  try {
    const { url } = servers.postgres;
    const prepare = (): Promise<Preparation> => {
      if (options.settings) return prepareSettings(experiment, url, hasCompileCache(version));
      if (against !== '') return prepareCheckouts(experiment, url, against);
      return preparePeers(experiment, url, !options['no-peers']);
    };
    const { contenders, notes } = await prepare();
    await quietMachine(experiment, options.quiet);
    const machine = observeMachine(version);
    const measured = await measureFirstJobs(experiment, contenders, { runs, queue: JOB, node });
    const programs = [...measured].map(([contender, jobs]) => summarizeRuns(contender, jobs));
    const result = { machine: machine(), notes, programs, targets: targets(programs) };

    console.log(`${coldStartTable(programs)}\n`);
    const lines = [...result.targets.map(({ text }) => text), ...comparisons(programs), ...notes];
    for (const line of lines) console.log(`- ${line}`);
    console.log(`\nMedians of ${runs} interleaved runs; smallest and largest in brackets.`);
    console.log(describeMachine(result.machine));
    await writeResult(options.output, `${JSON.stringify(result, undefined, 2)}\n`);
  } finally {
    await servers.close();
  }
});
