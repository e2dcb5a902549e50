import { randomFrom } from '../../faults/random';

/** What a producer does in one transaction; deterministic for a seed. */
export interface JobPlan {
  /** How it ends; `inner`: a nested transaction is rolled back, and the outer one commits. */
  end: 'commit' | 'rollback' | 'inner';
  data: { work: number; failFirst: boolean; dies: boolean; key?: string };
  options: { delay?: number; priority?: number };
  /** How many jobs it adds; several are added in bulk. */
  size: number;
  /** Whether the jobs are added again, under the same ids, after the commit. */
  again: boolean;
}

/** How many deduplication keys there are: few, so that jobs with the same key meet. */
export const KEYS = 10;

export function planOf(seed: number, index: number): JobPlan {
  const random = randomFrom(seed * 1_000_003 + index);
  // The first numbers of adjacent seeds are similar.
  random();
  const end = random();
  const option = random();
  const size = random() < 0.1 ? 3 : 1;
  const key = random() < 0.1 ? { key: keyOf(Math.floor(random() * KEYS)) } : {};
  return {
    end: end < 0.7 ? 'commit' : end < 0.9 ? 'rollback' : 'inner',
    data: {
      work: Math.floor(random() * 60),
      failFirst: random() < 0.05,
      dies: random() < 0.02,
      ...key,
    },
    options: option < 0.1 ? { delay: 500 } : option < 0.2 ? { priority: 5 } : {},
    size,
    again: random() < 0.1,
  };
}

/** A job with a key that no other job holds any more: it must be added and done. */
export function lastPlan(key: number): JobPlan {
  return {
    end: 'commit',
    data: { work: 0, failFirst: false, dies: false, key: keyOf(key) },
    options: {},
    size: 1,
    again: false,
  };
}

function keyOf(index: number): string {
  return `key-${index}`;
}
