import type { Job, Queue } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCancelled } from '../attempt/job-cancelled.error';
import { parseJobKey } from '../attempt/job-family';
import { childIdsOf } from '../contract/child-ids';
import type { JobContract } from '../contract/job-contract';
import type { Queues } from '../queues/queues';
import { RedriveRefusedError } from './dead-jobs.errors';

/** In milliseconds, and how often: a worker may be about to fail the parent for the child that was redriven. */
const ABOUT_TO_FAIL = { pause: 100, times: 20 };

/** A job that waits for others, or that others wait for. */
export interface FamilyMember {
  readonly queue: Queue;
  readonly job: Job;
}

/**
 * The failed children of a job that has to wait for them.
 *
 * @throws RedriveRefusedError if one that it needs is not there any more.
 */
export async function failedChildren(
  queues: Queues,
  { queue, job }: FamilyMember,
): Promise<FamilyMember[]> {
  const ids = childIdsOf(job.opts);
  if (ids === undefined) return [];
  const { processed, ignored, unprocessed, failed = [] } = await job.getDependencies();
  const members: FamilyMember[] = [];
  for (const key of failed) {
    const { queue: name, id } = parseJobKey(key);
    const childQueue = queues.forPublishing(name);
    const child = await childQueue.getJob(id);
    if (child === undefined) throw gone(queue, job, name, id);
    // Another redrive may have been faster.
    if (await child.isFailed()) members.push({ queue: childQueue, job: child });
  }
  const known = [
    ...Object.keys(processed ?? {}),
    ...Object.keys(ignored ?? {}),
    ...(unprocessed ?? []),
    ...failed,
  ];
  const contract = queues.contract(queue.name);
  if (contract !== undefined) requireAll(queue, job, contract, known);
  return members;
}

/** The parent that has failed because of a child, and that no other child keeps from going on. */
export async function parentToRedrive(
  queues: Queues,
  { opts, parentKey }: Job,
): Promise<FamilyMember | undefined> {
  // In any other mode the parent does not fail with its child.
  if (parentKey === undefined || opts.failParentOnFailure !== true) return undefined;
  const parent = parseJobKey(parentKey);
  const queue = queues.forPublishing(parent.queue);
  for (let read = 1; read <= ABOUT_TO_FAIL.times; read += 1) {
    const job = await queue.getJob(parent.id);
    if (job === undefined) return undefined;
    if (await job.isFailed()) {
      if (isCancelled(job.failedReason)) return undefined;
      const { failed = 0 } = await job.getDependenciesCount({ failed: true });
      return failed === 0 ? { queue, job } : undefined;
    }
    if (!job.deferredFailure || isCancelled(job.deferredFailure)) return undefined;
    await sleep(ABOUT_TO_FAIL.pause);
  }
  return undefined;
}

/** A child that was removed while the job waited for it leaves no trace. */
function requireAll(
  queue: Queue,
  job: Job,
  { children }: JobContract,
  known: readonly string[],
): void {
  const present = new Set(
    known.map((key) => {
      const { queue: name, id } = parseJobKey(key);
      return `${name}:${id}`;
    }),
  );
  for (const [group, { job: child, onFailure }] of Object.entries(children)) {
    if (onFailure !== 'fail') continue;
    for (const id of childIdsOf(job.opts)?.[group] ?? []) {
      if (!present.has(`${child.name}:${id}`)) throw gone(queue, job, child.name, id);
    }
  }
}

function gone(queue: Queue, { id = '' }: Job, child: string, childId: string): RedriveRefusedError {
  const reason =
    `its child "${child}" ${childId} was removed before it had completed, and is needed. ` +
    'Add the job again, with its children, and remove this one.';
  return new RedriveRefusedError(queue.name, id, [], reason);
}
