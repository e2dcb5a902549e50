import type { EntityManager } from 'typeorm';
import query from './day-counts.sql';

/** The rows stored on one day. */
export interface DayCounts {
  notifications: number;
  images: number;
}

/** @param day `YYYY-MM-DD`, in UTC */
export async function dayCounts(manager: EntityManager, day: string): Promise<DayCounts> {
  const [counts] = await manager.query<DayCounts[]>(query, [day]);
  return { notifications: 0, images: 0, ...counts };
}
