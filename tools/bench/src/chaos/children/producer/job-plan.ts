import { randomFrom } from '../../random';

/** What a producer does with one job of a run; the same for the same seed. */
export interface JobPlan {
  /** How its transaction ends; `inner` is rolled back to a savepoint, and the outer one commits. */
  end: 'commit' | 'rollback' | 'inner';
  data: { work: number; failFirst: boolean };
  options: { delay?: number; priority?: number };
  /** How many jobs the transaction adds; more than one in bulk. */
  size: number;
}

export function planOf(seed: number, index: number): JobPlan {
  const random = randomFrom(seed * 1_000_003 + index);
  // The first numbers of neighbouring seeds are alike.
  random();
  const end = random();
  const option = random();
  return {
    end: end < 0.7 ? 'commit' : end < 0.9 ? 'rollback' : 'inner',
    data: { work: Math.floor(random() * 60), failFirst: random() < 0.05 },
    options: option < 0.1 ? { delay: 500 } : option < 0.2 ? { priority: 5 } : {},
    size: random() < 0.1 ? 3 : 1,
  };
}
