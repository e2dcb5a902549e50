import type { QueueStatus } from '@libs/queue';
import * as z from 'zod';

const time = z.iso.datetime();
const jobs = z.int().min(0);

export const queueStatusSchema = z.object({
  queue: z.string(),
  waiting: jobs.describe('Jobs that a worker can take, or could if the queue were not paused.'),
  due: jobs.describe('Delayed jobs whose time has come, retries among them.'),
  delayed: jobs.describe('Delayed jobs whose time has not come, retries among them.'),
  running: jobs,
  failed: jobs.describe('Dead jobs that are kept.'),
  cancelled: jobs.describe('Cancelled jobs that are kept.'),
  waitingForChildren: jobs.describe('Parents in a flow whose children have not finished.'),
  oldestSince: time.nullable().describe('Since when the job that waits longest could have run.'),
  lastMinute: z
    .object({ completed: jobs, failed: jobs })
    .describe(
      'The jobs that finished in the last minute and are kept; cancelled ones count as failed.',
    ),
  paused: z.boolean(),
  pausedAt: time.nullable(),
  pausedBy: z.string().nullable(),
  concurrency: z
    .int()
    .nullable()
    .describe('The most jobs that all processes together run at the same time; `null`: no limit.'),
});

export const queuesSchema = z.object({
  queues: z.array(queueStatusSchema).describe('In the order of their names.'),
});

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

export const drainQuerySchema = z.strictObject({ force: flag, delayed: flag });

export const drainReportSchema = z.object({ removed: jobs });

const LIMIT = 'expected a whole number from 1 to 2147483647, or null for no limit';

export const concurrencySchema = z.strictObject({
  concurrency: z
    .int(LIMIT)
    .min(1, LIMIT)
    .max(2 ** 31 - 1, LIMIT)
    .nullable(),
});

export type QueueStatusDto = z.output<typeof queueStatusSchema>;
export type QueuesDto = z.output<typeof queuesSchema>;
export type DrainQuery = z.output<typeof drainQuerySchema>;
export type DrainReportDto = z.output<typeof drainReportSchema>;
export type ConcurrencyDto = z.output<typeof concurrencySchema>;

export function queueStatusDto(status: QueueStatus): QueueStatusDto {
  return {
    ...status,
    oldestSince: status.oldestSince?.toISOString() ?? null,
    pausedAt: status.pausedAt?.toISOString() ?? null,
    pausedBy: status.pausedBy ?? null,
    concurrency: status.concurrency ?? null,
  };
}
