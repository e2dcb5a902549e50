import type { DeadJob, DeadJobsPage } from '@libs/queue';
import * as z from 'zod';

const time = z.iso.datetime();

/** A dead job in a list. */
export const deadJobSchema = z.object({
  queue: z.string(),
  id: z.string(),
  data: z.unknown().describe("The job's data."),
  failure: z.string().describe('Why the last attempt failed.'),
  attempts: z.object({ made: z.int(), max: z.int() }),
  enqueuedAt: time,
  startedAt: time.nullable().describe('When the last attempt started.'),
  failedAt: time,
});

/** A dead job in full. */
export const deadJobDetailsSchema = deadJobSchema.extend({
  stack: z.string().describe('The stack trace of the last failure; empty if there is none.'),
  history: z
    .array(
      z.object({
        attempt: z.int(),
        at: time.nullable(),
        error: z.string(),
        stack: z.string(),
      }),
    )
    .describe('Every failed attempt since the job was added or redriven, oldest first.'),
  log: z
    .array(z.string())
    .describe("The job's log, including how it failed before it was redriven."),
});

export const deadJobsPageSchema = z.object({
  jobs: z.array(deadJobSchema).describe('Latest failure first.'),
  total: z.int().describe('The number of dead jobs on all pages.'),
  cursor: z.string().nullable().describe('Pass it to get the next page; `null` on the last page.'),
});

export const redriveReportSchema = z.object({
  redriven: z.int().describe('The number of jobs that were queued again.'),
  refused: z
    .array(z.object({ id: z.string(), reason: z.string() }))
    .describe('Jobs whose data the current contract rejects. They are still dead.'),
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
  cancelled: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
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
