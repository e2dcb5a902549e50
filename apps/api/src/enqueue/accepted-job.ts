import type { JobReference } from '@libs/queue';
import * as z from 'zod';

/** The answer to a `POST` that adds a job; features add the link to the job's product. */
export const acceptedJobSchema = z.object({
  id: z.string().describe("The job's id."),
  job: z.string().describe("URL of the job's status."),
  events: z.string().describe("URL of the job's event stream (server-sent events)."),
});

export type AcceptedJob = z.output<typeof acceptedJobSchema>;

/** The links of an added job. */
export function acceptedJob({ queue, id }: JobReference): AcceptedJob {
  const job = `/jobs/${queue}/${encodeURIComponent(id)}`;
  return { id, job, events: `${job}/events` };
}
