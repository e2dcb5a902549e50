import type { CancelMarks } from '../bullmq/cancel-marks';
import { PostgresCancelMarks } from '../bullmq/postgres/postgres-cancel-marks';
import { RedisCancelMarks } from '../bullmq/redis/redis-cancel-marks';
import type { QueueStore } from '../store/queue-store';

/** The marks of cancelled jobs in a store. */
export function cancelMarksOf({ access }: Pick<QueueStore, 'access'>): CancelMarks {
  if (access.kind === 'memory') return access.marks;
  return access.kind === 'postgres'
    ? new PostgresCancelMarks(access)
    : new RedisCancelMarks(access);
}
