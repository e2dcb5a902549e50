import type { Job, Queue } from 'bullmq';

/** The minimum number of jobs that one statement reads. */
const CHUNK = 100;

interface PageRequest {
  /** How many of the failed jobs come before the page, listed or not. */
  readonly offset: number;
  /** How many to list. */
  readonly limit: number;
  readonly isListed: (job: Job) => boolean;
}

export interface PageOfFailed {
  /** Each with the offset of the job after it. */
  readonly jobs: readonly { readonly job: Job; readonly next: number }[];
  readonly isLastPage: boolean;
}

/** A page of those failed jobs that are to be listed, the latest first. */
export async function pageOfFailed(
  queue: Queue,
  { offset, limit, isListed }: PageRequest,
): Promise<PageOfFailed> {
  const jobs: { job: Job; next: number }[] = [];
  let at = offset;
  // One more shows whether there is another page.
  while (jobs.length <= limit) {
    const length = at === offset ? limit + 1 : Math.max(limit, CHUNK);
    const read = await range(queue, at, length, false);
    for (const [index, job] of read.entries()) {
      if (job !== undefined && isListed(job)) jobs.push({ job, next: at + index + 1 });
    }
    if (read.length < length) break;
    at += length;
  }
  return { jobs: jobs.slice(0, limit), isLastPage: jobs.length <= limit };
}

/** Failed jobs, in order of their ends. */
export async function failed(
  queue: Queue,
  offset: number,
  limit: number,
  asc: boolean,
): Promise<Job[]> {
  return (await range(queue, offset, limit, asc)).filter((job) => job !== undefined);
}

/** A job removed between the two reads of BullMQ (ids, then jobs) is undefined. */
function range(
  queue: Queue,
  offset: number,
  limit: number,
  asc: boolean,
): Promise<(Job | undefined)[]> {
  return queue.getJobs(['failed'], offset, offset + limit - 1, asc);
}
