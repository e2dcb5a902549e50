import type { JobSnapshot } from '@libs/queue';
import * as z from 'zod';

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
  };
}
