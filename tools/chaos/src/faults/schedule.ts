import { randomFrom, shuffled } from './random';

/**
 * The store of the queues; the ledger is in Postgres in all cases. `cluster`: three masters with a replica each.
 * `sentinel`: a Redis with a replica and three sentinels.
 */
export type StoreKind = 'postgres' | 'redis' | 'cluster' | 'sentinel';

/** Where workers run their jobs: in their own event loop (`none`), or in sandboxes. */
export type ChaosIsolation = 'none' | 'process' | 'thread';

/**
 * What makes the effect of a job happen once: a row beside it that says so (`marked`), or that it is in one commit with
 * the end of the job (`commit`).
 */
export type ChaosEffects = 'marked' | 'commit';

export type FaultKind =
  | 'worker: kill -9'
  | 'worker: SIGTERM'
  | 'worker: frozen'
  | 'sandbox: kill -9'
  | 'producer: kill -9'
  | 'operator: kill -9'
  | 'postgres: kill -9'
  | 'postgres: connections ended'
  | 'redis: kill -9'
  | 'master: kill -9'
  | 'master: frozen'
  | 'master: handed over'
  | 'network: halted'
  | 'network: cut';

/** One fault of a run. */
export interface Fault {
  kind: FaultKind;
  /** Milliseconds since the previous fault. */
  after: number;
  /** Selects the process among the candidates: from 0 to below 1. */
  target: number;
  /** In milliseconds; 0 for a fault without duration. */
  lasts: number;
}

export interface ScheduleOptions {
  seed: number;
  /** How many faults. */
  faults: number;
  /** Average milliseconds between two faults. */
  gap: number;
  store: StoreKind;
  isolation: ChaosIsolation;
  /** How long a job stays locked, in milliseconds. A frozen worker loses its locks: it is frozen for longer. */
  lockDuration: number;
}

/** How often each kind occurs in a round: processes die more often than servers, unless a replica takes over. */
const WEIGHTS: Record<FaultKind, number> = {
  'worker: kill -9': 3,
  'worker: SIGTERM': 2,
  'worker: frozen': 1,
  'sandbox: kill -9': 3,
  'producer: kill -9': 2,
  'operator: kill -9': 1,
  'postgres: kill -9': 1,
  'postgres: connections ended': 1,
  'redis: kill -9': 2,
  'master: kill -9': 4,
  'master: frozen': 3,
  'master: handed over': 3,
  'network: halted': 1,
  'network: cut': 1,
};

/**
 * The faults of a run, in order; deterministic for a seed. They come in shuffled rounds of all kinds, so that a
 * long enough run has every kind.
 */
export function schedule(options: ScheduleOptions): Fault[] {
  const { seed, faults, gap, lockDuration } = options;
  const random = randomFrom(seed);
  const round = (Object.keys(WEIGHTS) as FaultKind[])
    .filter((kind) => isPossible(kind, options))
    .flatMap((kind) => Array.from({ length: WEIGHTS[kind] }, () => kind));
  const kinds: FaultKind[] = [];
  while (kinds.length < faults) kinds.push(...shuffled(round, random));
  return kinds.slice(0, faults).map((kind) => ({
    kind,
    after: Math.round(gap * (0.25 + 1.5 * random())),
    target: random(),
    lasts: Math.round(leastDuration(kind, lockDuration) * (1 + random())),
  }));
}

/** Only a sandbox that is a process can be killed from outside. */
function isPossible(kind: FaultKind, { store, isolation }: ScheduleOptions): boolean {
  if (kind.startsWith('redis')) return store === 'redis';
  if (kind.startsWith('master')) return store === 'cluster' || store === 'sentinel';
  return !kind.startsWith('sandbox') || isolation === 'process';
}

function leastDuration(kind: FaultKind, lockDuration: number): number {
  if (kind === 'worker: frozen') return lockDuration * 1.3;
  return kind.startsWith('network') ? 1_000 : 0;
}
