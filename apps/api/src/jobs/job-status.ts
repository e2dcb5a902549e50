import type { JobSnapshot } from '@libs/queue';
import * as z from 'zod';

const states = ['waiting', 'delayed', 'active', 'waiting-children', 'completed', 'failed'] as const;

const time = z.iso.datetime();

/** What the api tells about a job. */
export const jobStatusSchema = z.object({
  queue: z.string(),
  id: z.string(),
  state: z.enum(states).describe('`completed` and `failed` are final.'),
  progress: z
    .unknown()
    .describe('What the job reported last: a number or an object; 0 before that.'),
  attempts: z.object({
    made: z.int().describe('How many attempts have ended.'),
    max: z.int().describe('How many there may be.'),
  }),
  enqueuedAt: time,
  startedAt: time.nullable().describe('When the latest attempt began.'),
  finishedAt: time.nullable().describe('When the job ended for good.'),
  result: z.unknown().describe('What the job returned; `null` until it is completed.'),
  failure: z
    .string()
    .nullable()
    .describe('Why the latest attempt failed; also told while the job waits for the next one.'),
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
