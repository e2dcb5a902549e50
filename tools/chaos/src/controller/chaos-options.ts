import { BenchError, type StoreKind } from '@tools/experiment';
import type { ChaosIsolation } from '../faults/schedule';

export interface ChaosOptions {
  seed: number;
  jobs: number;
  /** How many faults. */
  kills: number;
  store: StoreKind;
  isolation: ChaosIsolation;
  workers: number;
  producers: number;
  /** Milliseconds between two faults, on average. */
  gap: number;
  /** How long the queue may take to get empty after the last fault, in milliseconds. */
  settle: number;
}

/** What tells the runs of one machine apart: `postgres-42`, `postgres-process-42`. */
export function runName({ seed, store, isolation }: ChaosOptions): string {
  return [store, ...(isolation === 'none' ? [] : [isolation]), seed].join('-');
}

/** @throws BenchError for a store that there is none of */
export function storeKind(text: string): StoreKind {
  return oneOf('store', text, ['postgres', 'redis']);
}

/** @throws BenchError for an isolation that there is none of */
export function isolationKind(text: string): ChaosIsolation {
  return oneOf('isolation', text, ['none', 'process', 'thread']);
}

function oneOf<Value extends string>(
  flag: string,
  text: string,
  values: readonly [Value, ...Value[]],
): Value {
  const value = values.find((known) => known === text);
  if (value !== undefined) return value;
  const known = `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
  throw new BenchError(`--${flag} is "${text}"; expected ${known}.`);
}
