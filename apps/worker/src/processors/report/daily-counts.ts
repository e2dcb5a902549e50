import type { EntityManager } from 'typeorm';
import query from './daily-counts.sql';

/** The rows stored on one day, in UTC. */
export interface DailyCount {
  /** `YYYY-MM-DD` */
  day: string;
  notifications: number;
  images: number;
}

/** Counts every day from `from` to `to` (`YYYY-MM-DD`, both included); days without rows count 0. */
export function dailyCounts(
  manager: EntityManager,
  { from, to }: { from: string; to: string },
): Promise<DailyCount[]> {
  return manager.query<DailyCount[]>(query, [from, to]);
}
