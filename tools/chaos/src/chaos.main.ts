/*
 * npx nx run chaos:run -- --seed=42 --jobs=10000 --kills=50
 *
 * Tries to lose a job: real processes and servers are killed, frozen and disconnected while they work.
 * At the end, a ledger in the database shows whether every promise was kept.
 *
 * Knobs     what happens: --seed, --jobs, --kills, --gap (between faults)
 *           what it happens to: --store, --isolation, --effects, --workers, --producers
 *           --settle (for the queue to drain), --output; --help describes each
 *
 * Output    a Markdown table of what happened, and the verdict. For a broken promise: which one, how to
 *           repeat the run, the path of the event log, and exit code 1.
 *
 * Compared  what producers committed with what workers did:
 *             - every committed job is done, and has exactly one effect
 *             - no job of a transaction that was rolled back ever runs
 *             - no job fails permanently, and no process exits by itself
 *             - a cancelled job does not run, no flow waits for ever, no key keeps a slot or has one too many
 *             - nothing is left behind: connections, locks, jobs, processes and their children
 *
 * It needs no other server and touches none: its own are below a temporary folder.
 */
import { join, resolve } from 'node:path';
import {
  describeMachine,
  observeMachine,
  runExperiment,
  WORKSPACE_ROOT,
  writeResult,
} from '@tools/experiment';
import { CHAOS_FLAGS, runName } from './controller/chaos-options';
import { chaosTable, chaosVerdict } from './controller/chaos-report';
import { EventLog } from './processes/event-log';
import { runChaos } from './controller/run-chaos';

const command = {
  target: 'chaos:run',
  about:
    'Tries to lose a job: kills, freezes and disconnects processes and servers, then checks a ledger.',
  flags: CHAOS_FLAGS,
};

runExperiment(command, async (experiment, options) => {
  const name = `chaos-${runName(options)}`;
  const log = join(options.output, `${name}.events.jsonl`);
  const events = new EventLog(resolve(WORKSPACE_ROOT, log));
  const machine = observeMachine();
  const result = await runChaos(experiment, options, events);
  const observed = machine();

  console.log(chaosTable(result));
  console.log(`\n${chaosVerdict(result, options, log)}`);
  console.log(describeMachine(observed));
  const { verdict } = result;
  const jobsByRuns = Object.fromEntries(verdict.jobsByRuns);
  await writeResult(
    join(options.output, `${name}.json`),
    `${JSON.stringify({ options, machine: observed, ...result, verdict: { ...verdict, jobsByRuns } }, undefined, 2)}\n`,
  );
  if (verdict.breaches.length > 0) process.exitCode = 1;
});
