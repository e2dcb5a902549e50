import type { StoreKind } from '@tools/experiment';
import { randomFrom, shuffled } from './random';

/** Where the workers run their jobs: in their own event loop, or in children. */
export type ChaosIsolation = 'none' | 'process' | 'thread';

/** What is done to the processes and to what they are connected with. */
export type FaultKind =
  | 'worker: kill -9'
  | 'worker: SIGTERM'
  | 'worker: frozen'
  | 'child: kill -9'
  | 'producer: kill -9'
  | 'operator: kill -9'
  | 'postgres: kill -9'
  | 'postgres: connections ended'
  | 'redis: kill -9'
  | 'network: halted'
  | 'network: cut';

/** One fault of a run. */
export interface Fault {
  kind: FaultKind;
  /** Milliseconds after the fault before it. */
  after: number;
  /** From 0 up to 1: which of the processes, by its place among those that can be chosen. */
  target: number;
  /** How long it lasts, in milliseconds; what happens at once has 0. */
  lasts: number;
}

export interface ScheduleOptions {
  seed: number;
  /** How many faults. */
  faults: number;
  /** Milliseconds between two faults, on average. */
  gap: number;
  store: StoreKind;
  isolation: ChaosIsolation;
  /** How long a frozen worker's jobs stay locked, in milliseconds; it is frozen for longer than that. */
  lockDuration: number;
}

/** How often each kind is dealt in a round: processes die more often than servers. */
const WEIGHTS: Record<FaultKind, number> = {
  'worker: kill -9': 3,
  'worker: SIGTERM': 2,
  'worker: frozen': 1,
  'child: kill -9': 3,
  'producer: kill -9': 2,
  'operator: kill -9': 1,
  'postgres: kill -9': 1,
  'postgres: connections ended': 1,
  'redis: kill -9': 2,
  'network: halted': 1,
  'network: cut': 1,
};

/**
 * The faults of a run, in order; the same seed gives the same ones. They are dealt from a shuffled
 * round of all kinds, so that a run with enough of them has every kind.
 */
export function schedule(options: ScheduleOptions): Fault[] {
  const { seed, faults, gap, lockDuration } = options;
  const random = randomFrom(seed);
  const round = (Object.keys(WEIGHTS) as FaultKind[])
    .filter((kind) => canHappen(kind, options))
    .flatMap((kind) => Array.from({ length: WEIGHTS[kind] }, () => kind));
  const kinds: FaultKind[] = [];
  while (kinds.length < faults) kinds.push(...shuffled(round, random));
  return kinds.slice(0, faults).map((kind) => ({
    kind,
    after: Math.round(gap * (0.25 + 1.5 * random())),
    target: random(),
    lasts: Math.round(durationOf(kind, lockDuration) * (1 + random())),
  }));
}

/** A thread cannot be killed from outside of its process. */
function canHappen(kind: FaultKind, { store, isolation }: ScheduleOptions): boolean {
  if (kind.startsWith('redis')) return store === 'redis';
  return !kind.startsWith('child') || isolation === 'process';
}

/** The shortest that a fault of this kind lasts. */
function durationOf(kind: FaultKind, lockDuration: number): number {
  if (kind === 'worker: frozen') return lockDuration * 1.3;
  return kind.startsWith('network') ? 1_000 : 0;
}
