/*
 * npx nx run bench:kept
 *
 * What very many completed jobs cost that a queue keeps, and what removing them costs, on Postgres.
 *
 * Knobs     --kept, --jobs, --runs, --output; --help describes each
 *
 * Output    two Markdown tables, and ratios; the same figures in a JSON file
 *
 * Compared  - jobs that do nothing, in a new queue and in the one that keeps so many, in interleaved runs
 *           - the statements that fetch jobs, before the worker removes what its contract does not keep and meanwhile:
 *             some 700 jobs a second of 20 ms each, in the queue that keeps so many
 */
import { join } from 'node:path';
import { migrateQueueStore } from '@libs/queue';
import {
  compilePrograms,
  countFlag,
  describeMachine,
  observeMachine,
  runExperiment,
  startPrivateServers,
  textFlag,
  writeResult,
} from '@tools/experiment';
import { Client } from 'pg';
import { interleaved } from '../measure/interleaved';
import { fillWithKept } from './fill-with-kept';
import { QUEUE } from './kept-job';
import { cleaningComparison, cleaningTable, keptComparison, keptTable } from './kept-report';
import { measureCleaning } from './measure-cleaning';
import { runWorker } from './run-worker';

const command = {
  target: 'bench:kept',
  about: 'Measures what completed jobs cost that are kept, and what removing them costs.',
  flags: {
    kept: countFlag('how many completed jobs a queue keeps', 1_000_000),
    jobs: countFlag('jobs of a run', 20_000),
    runs: countFlag('counted runs of each queue; one more is not counted', 3),
    output: textFlag('the JSON file', 'dist/bench/kept.json'),
  },
};

runExperiment(command, async (experiment, { kept, jobs, runs, output }) => {
  const servers = await startPrivateServers(experiment.scratch);
  const { url } = servers.postgres;
  const admin = new Client({ connectionString: url });
  try {
    await migrateQueueStore(url);
    await admin.connect();
    const entries = { worker: 'tools/bench/src/kept/programs/kept-worker.main.ts' };
    const { worker } = await compilePrograms(join(experiment.scratch, 'programs'), entries);
    experiment.progress(`Adding and completing ${kept.toLocaleString('en')} jobs …`);
    await fillWithKept(admin, url, kept);
    const machine = observeMachine();
    experiment.progress(`Measuring a new queue and that one, ${runs} times each …`);
    const queues = { fresh: () => `new-${Date.now()}`, kept: () => QUEUE };
    const measured = await interleaved(['fresh', 'kept'] as const, runs, async (kind) => {
      experiment.throwIfStopped();
      const settings = { url, queue: queues[kind](), jobs, time: 0 };
      return (await runWorker(worker, settings)).jobsPerSecond;
    });
    const rates = { fresh: measured.get('fresh') ?? [], kept: measured.get('kept') ?? [] };
    experiment.progress('Measuring while a worker removes them, some 4 minutes …');
    const cleaning = await measureCleaning(admin, worker, url);
    console.log(`${keptTable(rates)}\n\n${cleaningTable(cleaning)}\n`);
    for (const line of [keptComparison(rates), cleaningComparison(cleaning)])
      console.log(`- ${line}`);
    console.log(`\n${describeMachine(machine())}`);
    const result = { kept, jobs, rates, cleaning };
    await writeResult(output, `${JSON.stringify(result)}\n`);
  } finally {
    await admin.end();
    await servers.close();
  }
});
