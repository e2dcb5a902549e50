import { randomUUID } from 'node:crypto';
import { Job, type Queue } from 'bullmq';
import type { JobEntry } from '../store/queue-store';

/** A job as it is written to the outbox. */
export interface OutboxEntry {
  /** The caller's, or a random one. */
  readonly id: string;
  /** As JSON. */
  readonly text: string;
}

/**
 * Makes a job ready for the outbox, with the options that its queue gives to all jobs, and refuses
 * what the queue would refuse: later there is nobody left to tell.
 *
 * `timestamp` is the time of the `add`, so that a delay counts from there and not from the publication.
 *
 * @throws Error of BullMQ if an option is wrong, or the data larger than `sizeLimit`.
 */
export function outboxEntry(queue: Queue, { name, data, opts }: JobEntry): OutboxEntry {
  const id = opts?.jobId ?? randomUUID();
  const timestamp = opts?.timestamp ?? Date.now();
  const options = { ...queue.defaultJobOptions, ...opts, jobId: id, timestamp };
  // Builds and checks the job, and sends nothing.
  const { jobData } = new Job(queue, name, data, options, id).toFlowEntry();
  const head = JSON.stringify({ id, name, options: jobData.opts }).slice(0, -1);
  return { id, text: `${head},"data":${jobData.data}}` };
}
