import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Bench,
  BenchError,
  type ChaosStores,
  compilePrograms,
  openStores,
} from '@tools/experiment';
import { type FaultKind, schedule } from '../faults/schedule';
import { LedgerReader } from '../proof/ledger-reader';
import { Notes } from '../proof/producer-notes';
import { prove } from '../proof/proof';
import type { ChaosOptions } from './chaos-options';
import type { ChaosResult } from './chaos-report';
import { ChildProcesses } from './child-processes';
import type { EventLog } from './event-log';
import { inflict } from './inflict-fault';
import { QueueWatch } from './queue-watch';

/** In milliseconds: short, so that a killed worker's jobs are soon run again. */
const LOCK_DURATION = 3_000;

/** In milliseconds, for the processes to start in; a busy machine takes some. */
const START_LIMIT = 60_000;

const QUEUE = 'chaos';

/** Runs jobs while a schedule of faults goes on, and decides from the ledger what came of it. */
export async function runChaos(
  bench: Bench,
  options: ChaosOptions,
  events: EventLog,
): Promise<ChaosResult> {
  bench.progress('Starting servers, compiling the processes …');
  const folder = join(bench.scratch, 'programs');
  const files = await compilePrograms(folder, {
    worker: 'tools/chaos/src/programs/worker/worker.main.ts',
    producer: 'tools/chaos/src/programs/producer/producer.main.ts',
    operator: 'tools/chaos/src/programs/operator/operator.main.ts',
    sandbox: 'tools/chaos/src/programs/worker/sandbox.main.ts',
  });
  const stores = await openStores(options.store, bench.scratch);
  const children = new ChildProcesses({ folder, files }, events);
  try {
    return await withStores(bench, options, events, stores, children);
  } finally {
    children.killAll();
    await stores.close();
  }
}

async function withStores(
  bench: Bench,
  options: ChaosOptions,
  events: EventLog,
  stores: ChaosStores,
  children: ChildProcesses,
): Promise<ChaosResult> {
  const ledger = new LedgerReader(stores.direct.databaseUrl);
  await ledger.create();
  const notes = Array.from({ length: options.producers }, (_, index) =>
    join(bench.scratch, `producer-${index}.jsonl`),
  );
  const lastNotes = join(bench.scratch, 'producer-last.jsonl');
  startAll(options, stores, children, notes);
  await untilReady(bench, children);

  const started = performance.now();
  const faults = await inflictAll(bench, options, events, stores, children);
  const faulty = performance.now() - started;
  children.allow(options.jobs);
  await children.settle();
  const queue = QueueWatch.open(stores.kind, stores.direct.queueUrl, QUEUE);
  let dead: Awaited<ReturnType<QueueWatch['failed']>>;
  let unfinished: string[];
  try {
    unfinished = await untilEmpty(bench, options, children, ledger, queue);
    startLast(options, stores, children, lastNotes);
    unfinished.push(...(await untilEmpty(bench, options, children, ledger, queue)));
    dead = await queue.failed();
  } finally {
    await queue.close();
  }
  const total = performance.now() - started;
  await children.stopAll();

  const processes = await children.leftovers();
  const tried = [...notes, lastNotes].flatMap((file) => [...new Notes(file).outcomes()]);
  const { deaths, ...rows } = await ledger.rows();
  const verdict = prove({
    ...rows,
    tried: tried.map(([id, outcome]) => ({ id, outcome })),
    dead,
    leftovers: [...unfinished, ...children.faults, ...processes, ...(await ledger.leftovers())],
  });
  for (const breach of verdict.breaches) events.write('breach', { ...breach });
  return {
    seed: options.seed,
    store: options.store,
    isolation: options.isolation,
    verdict,
    deaths,
    faults,
    processes: children.started,
    duration: { faults: faulty, total },
  };
}

function startAll(
  options: ChaosOptions,
  stores: ChaosStores,
  children: ChildProcesses,
  notes: readonly string[],
): void {
  const { workers, producers } = options;
  const common = commonSettings(options, stores);
  children.start({ ...common, role: 'operator', index: 0, of: 1, notes: '' });
  for (let index = 0; index < workers; index++) {
    children.start({ ...common, role: 'worker', index, of: workers, notes: '' });
  }
  for (const [index, file] of notes.entries()) {
    children.start({ ...common, role: 'producer', index, of: producers, notes: file });
  }
}

/** The jobs of the last producer find no other, and no fault. */
function startLast(
  options: ChaosOptions,
  stores: ChaosStores,
  children: ChildProcesses,
  notes: string,
): void {
  const { producers: index } = options;
  const common = commonSettings(options, stores);
  children.start({ ...common, role: 'producer', index, of: index, last: true, notes });
}

function commonSettings(
  { seed, jobs, isolation }: ChaosOptions,
  { kind, databaseUrl, queueUrl }: ChaosStores,
) {
  const outbox = kind === 'redis';
  const lockDuration = LOCK_DURATION;
  return { seed, jobs, databaseUrl, queueUrl, outbox, isolation, lockDuration, last: false };
}

/** The first fault meets processes that work, not ones that start. */
async function untilReady({ assertWanted }: Bench, children: ChildProcesses): Promise<void> {
  const deadline = Date.now() + START_LIMIT;
  while (!children.allReady()) {
    assertWanted();
    if (Date.now() > deadline) {
      throw new BenchError(
        `Not all processes have started within ${START_LIMIT / 1_000} s. What they said is in the event log.`,
      );
    }
    await sleep(20);
  }
}

/** Work is handed out evenly over the time of the faults, so that each meets some of it. */
async function inflictAll(
  { progress, assertWanted }: Bench,
  { seed, jobs, kills, gap, store, isolation }: ChaosOptions,
  events: EventLog,
  stores: ChaosStores,
  children: ChildProcesses,
): Promise<Partial<Record<FaultKind, number>>> {
  const counts: Partial<Record<FaultKind, number>> = {};
  const lockDuration = LOCK_DURATION;
  const faults = schedule({ seed, faults: kills, gap, store, isolation, lockDuration });
  progress(`${jobs} jobs, ${kills} faults on ${store}, seed ${seed} …`);
  for (const [place, fault] of faults.entries()) {
    for (let waited = 0; waited < fault.after; waited += 50) {
      assertWanted();
      children.allow((jobs * (place + waited / fault.after)) / kills);
      await sleep(50);
    }
    const what = await inflict(fault, children, stores);
    events.write('fault', { place, ...fault, what });
    if (what !== undefined) counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
    if ((place + 1) % 10 === 0) {
      progress(`  ${place + 1} faults, ${children.endedJobs} transactions ended`);
    }
  }
  return counts;
}

/** @returns what is still to do when time is up, each a sentence */
async function untilEmpty(
  { progress, assertWanted }: Bench,
  { settle }: ChaosOptions,
  children: ChildProcesses,
  ledger: LedgerReader,
  queue: QueueWatch,
): Promise<string[]> {
  const deadline = Date.now() + settle;
  for (let shown = 0; ;) {
    assertWanted();
    const producing = children.producersRun();
    const pending = (await queue.pending()) + (await ledger.unpublished());
    if (!producing && pending === 0) return [];
    const { committed, done } = await ledger.progress();
    if (Date.now() > deadline) {
      return [
        ...(producing ? ['a producer that has not ended'] : []),
        `${pending} job(s) in the queue, ${settle / 1_000} s after the last fault`,
      ];
    }
    if (Date.now() - shown > 5_000) {
      progress(`  ${done} of ${committed} committed jobs done, ${pending} in the queue`);
      shown = Date.now();
    }
    await sleep(200);
  }
}
