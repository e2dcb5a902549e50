import type { PoolUse } from '@libs/health';

/** The counts of a `pg` pool. */
interface CountedPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

export function poolUse({ totalCount, idleCount, waitingCount }: CountedPool): PoolUse {
  return { inUse: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}

/** Of connections that each have one user for as long as they are open. */
export function dedicated(count: number): PoolUse {
  return { inUse: count, idle: 0, waiting: 0 };
}
