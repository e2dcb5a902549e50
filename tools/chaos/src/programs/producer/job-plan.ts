import { randomFrom } from '../../faults/random';
import { TENANTS } from '../slot.job';

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
  /** What is added: jobs of no further kind, one that waits for room in its key, or one that waits for children. */
  kind: 'plain' | 'slot' | 'flow';
  tenant: string;
  /** Of each child of a flow: whether it fails permanently at first. */
  needed: readonly boolean[];
  welcome: readonly boolean[];
  /** Which job is cancelled after the commit: the one that was added, or a child of it. */
  cancel?: 'job' | 'needed' | 'welcome';
}

/** How many deduplication keys there are: few, so that jobs with the same key meet. */
export const KEYS = 10;

export function planOf(seed: number, index: number): JobPlan {
  const random = randomFrom(seed * 1_000_003 + index);
  // The first numbers of adjacent seeds are similar.
  random();
  const end = random();
  const option = random();
  const bulk = random() < 0.1 ? 3 : 1;
  const key = random() < 0.1 ? { key: keyOf(Math.floor(random() * KEYS)) } : {};
  const data = {
    work: Math.floor(random() * 60),
    failFirst: random() < 0.05,
    dies: random() < 0.02,
  };
  const again = random() < 0.1;
  const kind = kindOf(random());
  const tenant = tenantOf(Math.floor(random() * TENANTS));
  const children = (count: number) => Array.from({ length: count }, () => random() < 0.04);
  const needed = children(1 + Math.floor(random() * 2));
  const welcome = children(Math.floor(random() * 3));
  const size = kind === 'plain' ? bulk : 1;
  const isKeyed = kind === 'plain' && key.key !== undefined;
  const cancel = cancelOf(random(), kind, welcome.length > 0);
  return {
    end: end < 0.7 ? 'commit' : end < 0.9 ? 'rollback' : 'inner',
    data: { ...data, ...(kind === 'plain' ? key : {}) },
    options: option < 0.1 ? { delay: 500 } : option < 0.2 ? { priority: 5 } : {},
    size,
    again,
    kind,
    tenant,
    needed,
    welcome,
    // What takes the place of a cancelled job with a key, or of one of several, is another matter.
    ...(cancel === undefined || isKeyed || size > 1 ? {} : { cancel }),
  };
}

function kindOf(chance: number): JobPlan['kind'] {
  return chance < 0.15 ? 'slot' : chance < 0.25 ? 'flow' : 'plain';
}

function cancelOf(chance: number, kind: JobPlan['kind'], hasWelcome: boolean): JobPlan['cancel'] {
  if (kind !== 'flow') return chance < 0.08 ? 'job' : undefined;
  if (chance < 0.05) return 'job';
  if (chance < 0.1) return 'needed';
  return chance < 0.2 && hasWelcome ? 'welcome' : undefined;
}

/** A job with a key that no other job holds any more: it must be added and done. */
export function lastPlan(key: number): JobPlan {
  return {
    end: 'commit',
    data: { work: 0, failFirst: false, dies: false, key: keyOf(key) },
    ...LAST,
  };
}

const LAST = {
  options: {},
  size: 1,
  again: false,
  kind: 'plain',
  tenant: '',
  needed: [],
  welcome: [],
} as const;

/** Two jobs of a tenant that have to run at the same time, when no other one does. */
export function lastPairPlan(tenant: number): JobPlan {
  return {
    end: 'commit',
    data: { work: 0, failFirst: false, dies: false },
    ...LAST,
    kind: 'slot',
    tenant: tenantOf(tenant),
    size: 2,
  };
}

function tenantOf(index: number): string {
  return `tenant-${index}`;
}

function keyOf(index: number): string {
  return `key-${index}`;
}
