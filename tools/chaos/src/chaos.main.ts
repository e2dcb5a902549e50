/*
 * npx nx run chaos:run -- --seed=42 --jobs=10000 --kills=50
 *
 * Tries to lose a job: real processes on real servers, which are killed, frozen and cut off while they
 * work. At the end a ledger in the database says whether every promise was kept.
 *
 * Knobs     --seed       chooses the faults and what producers do; the same seed gives the same ones
 *           --jobs       transactions that producers begin, some of which add several jobs
 *           --kills      faults of all kinds together
 *           --store      where the queues are: postgres, or redis (needs redis-server), with an outbox
 *           --isolation  where workers run their jobs: none (in their event loop), process or thread
 *           --workers    processes that run jobs
 *           --producers  processes that add jobs
 *           --gap        milliseconds between two faults, on average
 *           --settle     seconds that the queue may take to get empty after the last fault
 *           --output     the folder for the event log (JSON lines) and the result (JSON)
 *
 * Output    a Markdown table of what happened, and the verdict. If a promise was broken: what, the seed,
 *           the path of the event log, and exit code 1.
 *
 * Compared  what producers committed with what workers did:
 *             - every committed job is done, and has one effect
 *             - no job of a transaction that was rolled back is ever seen
 *             - no job fails for good, and no process ends by itself
 *             - nothing is left behind: connections, locks, jobs, processes and their children
 *
 * The servers are this run's own, below a temporary folder: it needs nothing, and touches nothing else.
 */
import { join, resolve } from 'node:path';
import {
  count,
  describeMachine,
  observeMachine,
  readOptions,
  runBenchmark,
  WORKSPACE_ROOT,
  writeResult,
} from '@tools/experiment';
import { isolationKind, runName, storeKind } from './controller/chaos-options';
import { chaosTable, chaosVerdict } from './controller/chaos-report';
import { EventLog } from './controller/event-log';
import { runChaos } from './controller/run-chaos';

const FLAGS = {
  seed: { description: 'chooses the faults', default: '42' },
  jobs: { description: 'transactions that producers begin', default: '10000' },
  kills: { description: 'faults of all kinds together', default: '50' },
  store: { description: 'postgres or redis', default: 'postgres' },
  isolation: { description: 'where jobs run: none, process or thread', default: 'none' },
  workers: { description: 'processes that run jobs', default: '3' },
  producers: { description: 'processes that add jobs', default: '3' },
  gap: { description: 'milliseconds between two faults, on average', default: '1200' },
  settle: { description: 'seconds to get empty after the last fault', default: '300' },
  output: { description: 'folder for event log and result', default: 'dist/chaos' },
};

const ABOUT = 'Tries to lose a job, and proves from a ledger whether one was lost.';

runBenchmark('chaos', async (bench) => {
  const read = readOptions(process.argv.slice(2), ABOUT, FLAGS);
  if ('help' in read) {
    console.log(read.help);
    return;
  }
  const { values } = read;
  const options = {
    seed: count('seed', values.seed),
    jobs: count('jobs', values.jobs),
    kills: count('kills', values.kills),
    store: storeKind(values.store),
    isolation: isolationKind(values.isolation),
    workers: count('workers', values.workers),
    producers: count('producers', values.producers),
    gap: count('gap', values.gap),
    settle: count('settle', values.settle) * 1_000,
  };
  const name = `chaos-${runName(options)}`;
  const log = join(values.output, `${name}.events.jsonl`);
  const events = new EventLog(resolve(WORKSPACE_ROOT, log));
  const machine = observeMachine();
  const result = await runChaos(bench, options, events);
  const observed = machine();

  console.log(chaosTable(result));
  console.log(`\n${chaosVerdict(result, log)}`);
  console.log(describeMachine(observed));
  const { verdict } = result;
  const jobsByRuns = Object.fromEntries(verdict.jobsByRuns);
  await writeResult(
    join(values.output, `${name}.json`),
    `${JSON.stringify({ options, machine: observed, ...result, verdict: { ...verdict, jobsByRuns } }, undefined, 2)}\n`,
  );
  if (verdict.breaches.length > 0) process.exitCode = 1;
});
