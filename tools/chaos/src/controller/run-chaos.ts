import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compilePrograms, type Experiment, ExperimentError } from '@tools/experiment';
import { type FaultKind, schedule } from '../faults/schedule';
import { ChildProcesses } from '../processes/child-processes';
import type { EventLog } from '../processes/event-log';
import { killLeftovers } from '../processes/kill-processes';
import type { ChildSettings } from '../programs/child-settings';
import { LedgerReader } from '../proof/ledger-reader';
import { ProducerNotes } from '../proof/producer-notes';
import { prove } from '../proof/proof';
import { SLOTS } from '../programs/slot.job';
import { TICK_PERIOD } from '../programs/tick.job';
import { type ChaosStores, openStores } from '../stores/chaos-stores';
import type { ChaosOptions } from './chaos-options';
import type { ChaosResult } from './chaos-report';
import { drainQueue } from './drain-queue';
import { inflictFault } from './inflict-fault';

/** In milliseconds: short, so that the jobs of a killed worker soon run again. */
const LOCK_DURATION = 3_000;

/** How long the processes may take to start, in milliseconds, on a busy machine. */
const START_LIMIT = 60_000;

/** Everything that the steps of a run share. */
interface ChaosRun extends Experiment {
  options: ChaosOptions;
  events: EventLog;
  stores: ChaosStores;
  children: ChildProcesses;
  ledger: LedgerReader;
}

/** Runs jobs under a schedule of faults, then proves from the ledger that every promise was kept. */
export async function runChaos(
  experiment: Experiment,
  options: ChaosOptions,
  events: EventLog,
): Promise<ChaosResult> {
  requirePossible(options);
  experiment.progress('Starting servers, compiling the programs …');
  const programs = 'tools/chaos/src/programs';
  const folder = programsFolder(experiment);
  const files = await compilePrograms(folder, {
    worker: `${programs}/worker/worker.main.ts`,
    producer: `${programs}/producer/producer.main.ts`,
    operator: `${programs}/operator/operator.main.ts`,
    sandbox: `${programs}/worker/sandbox.main.ts`,
  });
  const stores = await openStores(options.store, experiment.scratch, options.replicas);
  const children = new ChildProcesses({ folder, files }, events);
  const ledger = new LedgerReader(stores.direct.databaseUrl);
  try {
    return await runOnStores({ ...experiment, options, events, stores, children, ledger });
  } finally {
    children.killAll();
    await stores.close();
  }
}

/** @throws ExperimentError */
function requirePossible({ effects, store, isolation }: ChaosOptions): void {
  if (effects === 'commit' && (store !== 'postgres' || isolation !== 'none')) {
    throw new ExperimentError(
      '--effects=commit needs the queues in Postgres, and jobs that are not isolated.',
    );
  }
}

async function runOnStores(run: ChaosRun): Promise<ChaosResult> {
  const { scratch, options, events, stores, children, ledger } = run;
  await ledger.create();
  const notes = Array.from({ length: options.producers }, (_, index) =>
    join(scratch, `producer-${index}.jsonl`),
  );
  const lastNotes = join(scratch, 'producer-last.jsonl');
  startChildren(run, notes);
  await untilReady(run);

  const started = performance.now();
  const faults = await inflictFaults(run);
  const faultTime = performance.now() - started;
  children.allow(options.jobs);
  await children.settle();
  const { dead, cancelled, unfinished } = await drainQueue(run, () => {
    const { producers: index } = options;
    const last = { role: 'producer', index, of: index, last: true, notes: lastNotes } as const;
    children.start(settingsOf(run, last));
  });
  const total = performance.now() - started;
  await children.stopAll();

  const processes = await killLeftovers(programsFolder(run));
  const tried = [...notes, lastNotes].flatMap((file) => [...new ProducerNotes(file).outcomes()]);
  const { deaths, ...rows } = await ledger.rows();
  const verdict = prove({
    ...rows,
    tickPeriod: TICK_PERIOD,
    isReplicated: stores.replicated !== undefined,
    mayLose: stores.replicated !== undefined && options.replicas === 0,
    tried: tried.map(([id, outcome]) => ({ id, outcome })),
    dead,
    cancelled,
    slotLimit: SLOTS,
    leftovers: [...unfinished, ...children.failures, ...processes, ...(await ledger.leftovers())],
  });
  for (const breach of verdict.breaches) events.write('breach', { ...breach });
  return {
    verdict,
    deaths,
    faults,
    processes: children.started,
    duration: { faults: faultTime, total },
  };
}

function programsFolder({ scratch }: Experiment): string {
  return join(scratch, 'programs');
}

function startChildren(run: ChaosRun, notes: readonly string[]): void {
  const { options, children } = run;
  children.start(settingsOf(run, { role: 'operator' }));
  for (let index = 0; index < options.workers; index++) {
    children.start(settingsOf(run, { role: 'worker', index, of: options.workers }));
  }
  for (const [index, file] of notes.entries()) {
    const of = options.producers;
    children.start(settingsOf(run, { role: 'producer', index, of, notes: file }));
  }
}

function settingsOf(
  { options, stores }: ChaosRun,
  own: Pick<ChildSettings, 'role'> & Partial<ChildSettings>,
): ChildSettings {
  const { seed, jobs, isolation, effects, store, replicas } = options;
  return {
    index: 0,
    of: 1,
    last: false,
    notes: '',
    seed,
    jobs,
    isolation,
    effects,
    outbox: store !== 'postgres',
    replicas: store === 'cluster' || store === 'sentinel' ? replicas : 0,
    lockDuration: LOCK_DURATION,
    ...stores.proxied,
    ...own,
  };
}

/** The first fault must meet processes that work, not ones that start. */
async function untilReady({ throwIfStopped, children }: ChaosRun): Promise<void> {
  const deadline = Date.now() + START_LIMIT;
  while (!children.allReady()) {
    throwIfStopped();
    if (Date.now() > deadline) {
      throw new ExperimentError(
        `The processes did not all start within ${START_LIMIT / 1_000} s. Their output is in the event log.`,
      );
    }
    await sleep(20);
  }
}

/** Releases the transactions evenly over the time of the faults, so that each fault meets some of them. */
async function inflictFaults(run: ChaosRun): Promise<Partial<Record<FaultKind, number>>> {
  const { progress, throwIfStopped, options, events, stores, children } = run;
  const { seed, jobs, kills, gap, store, isolation } = options;
  const counts: Partial<Record<FaultKind, number>> = {};
  const lockDuration = LOCK_DURATION;
  const faults = schedule({ seed, faults: kills, gap, store, isolation, lockDuration });
  progress(`${jobs} transactions, ${kills} faults on ${store}, seed ${seed} …`);
  for (const [place, fault] of faults.entries()) {
    for (let waited = 0; waited < fault.after; waited += 50) {
      throwIfStopped();
      children.allow((jobs * (place + waited / fault.after)) / kills);
      await sleep(50);
    }
    const hit = await inflictFault(fault, children, stores);
    events.write('fault', { place, ...fault, hit });
    if (hit !== undefined) counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
    if ((place + 1) % 10 === 0) {
      progress(`  ${place + 1} faults, ${children.endedTransactions} transactions ended`);
    }
  }
  return counts;
}
