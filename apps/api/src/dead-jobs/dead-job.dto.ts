import type { DeadJob, DeadJobsPage } from '@libs/queue';
import * as z from 'zod';

const time = z.iso.datetime();

/** A dead job in a list. */
export const deadJobSchema = z.object({
  queue: z.string(),
  id: z.string(),
  data: z.unknown().describe('What the job was added with.'),
  failure: z.string().describe('Why its last attempt failed.'),
  attempts: z.object({ made: z.int(), max: z.int() }),
  enqueuedAt: time,
  startedAt: time.nullable().describe('When the last attempt began.'),
  failedAt: time,
});

/** A dead job by itself. */
export const deadJobDetailsSchema = deadJobSchema.extend({
  stack: z.string().describe('The stack of the last failure; empty if there is none.'),
  history: z
    .array(
      z.object({
        attempt: z.int(),
        at: time.nullable(),
        error: z.string(),
        stack: z.string(),
      }),
    )
    .describe('Every attempt since the job was added or redriven, the first one first.'),
  log: z
    .array(z.string())
    .describe('What the job logged, and how it failed before it was redriven.'),
});

export const deadJobsPageSchema = z.object({
  jobs: z.array(deadJobSchema).describe('The latest to fail first.'),
  total: z.int().describe('How many there are on all pages.'),
  cursor: z.string().nullable().describe('Gives the next page; `null` on the last one.'),
});

export const redriveReportSchema = z.object({
  redriven: z.int().describe('How many wait again.'),
  refused: z
    .array(z.object({ id: z.string(), reason: z.string() }))
    .describe('Those whose data the contract, as it is now, does not accept. They are still dead.'),
});

export const redriveQuerySchema = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});

const LIMIT = 'expected a whole number from 1 to 100';

export const deadJobsQuerySchema = z.strictObject({
  queue: z.string().optional(),
  limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(100, LIMIT).default(50),
  cursor: z.string().optional(),
});

export type DeadJobDto = z.output<typeof deadJobSchema>;
export type DeadJobDetailsDto = z.output<typeof deadJobDetailsSchema>;
export type DeadJobsPageDto = z.output<typeof deadJobsPageSchema>;

function deadJobDto(job: DeadJob): DeadJobDto {
  return {
    queue: job.queue,
    id: job.id,
    data: job.data,
    failure: job.failure,
    attempts: job.attempts,
    enqueuedAt: job.enqueuedAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    failedAt: job.failedAt.toISOString(),
  };
}

export function deadJobDetailsDto(job: DeadJob, log: string[]): DeadJobDetailsDto {
  const history = job.history.map((entry) => ({ ...entry, at: entry.at?.toISOString() ?? null }));
  return { ...deadJobDto(job), stack: job.stack, history, log };
}

export function deadJobsPageDto({ jobs, total, cursor }: DeadJobsPage): DeadJobsPageDto {
  return { jobs: jobs.map(deadJobDto), total, cursor: cursor ?? null };
}
