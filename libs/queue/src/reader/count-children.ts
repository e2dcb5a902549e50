import type { Job } from 'bullmq';
import { countChildIds } from '../contract/child-ids';
import type { ChildCounts } from '../queues/job-snapshot';

/**
 * How the children of a job are, with one question to the store: none about a job without children.
 *
 * The store forgets failed children that the contract ignores, and those that were removed, so they are what is left.
 */
export async function countChildren(job: Job): Promise<ChildCounts | undefined> {
  const total = countChildIds(job.opts);
  if (total === undefined) return undefined;
  const { processed: completed = 0, unprocessed: open = 0 } = await job.getDependenciesCount({
    processed: true,
    unprocessed: true,
  });
  return { total, open, completed, failed: Math.max(total - open - completed, 0) };
}
