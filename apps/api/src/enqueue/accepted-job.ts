import type { JobReference } from '@libs/queue';
import * as z from 'zod';

/** What a `POST` that adds a job answers with; a feature adds the link to what the job makes. */
export const acceptedJobSchema = z.object({
  id: z.string().describe("The job's id."),
  job: z.string().describe('Where the job tells how far it is.'),
  events: z.string().describe('Where the job tells it as it happens (server-sent events).'),
});

export type AcceptedJob = z.output<typeof acceptedJobSchema>;

/** The links of a job that was added. */
export function acceptedJob({ queue, id }: JobReference): AcceptedJob {
  const job = `/jobs/${queue}/${encodeURIComponent(id)}`;
  return { id, job, events: `${job}/events` };
}
