import { randomUUID } from 'node:crypto';
import { Job, type Queue } from 'bullmq';
import type { JobEntry } from '../store/queue-store';

/** A job in the format of the outbox. */
export interface OutboxEntry {
  /** The caller's id, or a random one. */
  readonly id: string;
  /** As JSON. */
  readonly text: string;
}

/**
 * Prepares a job for the outbox, with its queue's default options, and refuses what the queue would refuse:
 * later no caller is left to receive the error.
 *
 * `timestamp` is the time of the `add`, so that a delay counts from the `add`, not from the publication.
 *
 * @throws a BullMQ error if an option is invalid, or the data exceeds `sizeLimit`.
 */
export function outboxEntry(queue: Queue, { name, data, opts }: JobEntry): OutboxEntry {
  const id = opts?.jobId ?? randomUUID();
  const timestamp = opts?.timestamp ?? Date.now();
  const options = { ...queue.defaultJobOptions, ...opts, jobId: id, timestamp };
  // Builds and validates the job without sending it.
  const { jobData } = new Job(queue, name, data, options, id).toFlowEntry();
  const head = JSON.stringify({ id, name, options: jobData.opts }).slice(0, -1);
  return { id, text: `${head},"data":${jobData.data}}` };
}
