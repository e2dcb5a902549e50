import type { JobReference } from '../../producer/job-producer';
import type { JobSnapshot } from '../../queues/job-snapshot';
import type { JobsReader } from '../../reader/jobs-reader';

/** Waits until a job has ended; resolves to undefined if the job is removed, which also ends the subscription. */
export async function endOfJob(
  jobs: JobsReader,
  { queue, id }: JobReference,
): Promise<JobSnapshot | undefined> {
  let last: JobSnapshot | undefined;
  for await (const snapshot of jobs.watch(queue, id)) last = snapshot;
  return last;
}
