import type { JobSnapshot } from '@libs/queue';
import * as z from 'zod';
import { acceptedJob } from '../enqueue/accepted-job';

const states = [
  'waiting',
  'delayed',
  'active',
  'waiting-children',
  'completed',
  'failed',
  'cancelled',
] as const;

const time = z.iso.datetime();

/** The public status of a job. */
export const jobStatusSchema = z.object({
  queue: z.string(),
  id: z.string(),
  state: z.enum(states).describe('`completed`, `failed` and `cancelled` are final.'),
  progress: z
    .unknown()
    .describe('The progress reported last: a number or an object; 0 before the first report.'),
  attempts: z.object({
    made: z.int().describe('Attempts that have ended.'),
    max: z.int().describe('Attempts allowed.'),
  }),
  enqueuedAt: time,
  startedAt: time.nullable().describe('When the latest attempt started.'),
  finishedAt: time
    .nullable()
    .describe('When the job completed, failed permanently or was cancelled.'),
  result: z.unknown().describe("The job's result; `null` until it has completed."),
  failure: z
    .string()
    .nullable()
    .describe(
      'Why the latest attempt failed, also while the job waits for the next one; or why the job was cancelled.',
    ),
  children: z
    .object({
      total: z.int(),
      open: z.int().describe('Not ended yet: the job waits for them.'),
      completed: z.int(),
      failed: z.int().describe('Failed permanently, cancelled or removed.'),
    })
    .nullable()
    .describe('The jobs that this one waits for, counted; `null` if it has none.'),
  parent: z
    .string()
    .nullable()
    .describe('URL of the status of the job that waits for this one; `null` if there is none.'),
});

export type JobStatus = z.output<typeof jobStatusSchema>;

export function jobStatus(job: JobSnapshot): JobStatus {
  return {
    queue: job.queue,
    id: job.id,
    state: job.state,
    progress: job.progress,
    attempts: job.attempts,
    enqueuedAt: job.enqueuedAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
    result: job.result ?? null,
    failure: job.failure ?? null,
    children: job.children ?? null,
    parent: job.parent === undefined ? null : acceptedJob(job.parent).job,
  };
}
