import { randomFrom } from '../../faults/random';

/** What a producer does with one job of a run; the same for the same seed. */
export interface JobPlan {
  /** How its transaction ends; `inner` is rolled back to a savepoint, and the outer one commits. */
  end: 'commit' | 'rollback' | 'inner';
  data: { work: number; failFirst: boolean; dies: boolean; key?: string };
  options: { delay?: number; priority?: number };
  /** How many jobs the transaction adds; more than one in bulk. */
  size: number;
  /** Whether they are added a second time, under the same ids, once they are committed. */
  again: boolean;
}

/** How many different keys the jobs have that have one: few enough for two to meet. */
export const KEYS = 10;

export function planOf(seed: number, index: number): JobPlan {
  const random = randomFrom(seed * 1_000_003 + index);
  // The first numbers of neighbouring seeds are alike.
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

/** A job for each key, which nothing may keep back when all others have ended. */
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
