import { Injectable } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import { isParked } from '../bullmq/key-limits';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { isCancelled, reasonOfCancel } from '../attempt/job-cancelled.error';
import { Queues } from '../queues/queues';
import { ApplicationOutbox } from '../outbox/application-outbox';
import { JobEvents } from './job-events';
import { parseJobKey } from '../attempt/job-family';
import {
  type ChildCounts,
  hasEnded,
  type JobSnapshot,
  type JobState,
  readableState,
} from '../queues/job-snapshot';
import { countChildren } from './count-children';

/** The maximum number of reads if two of them contradict each other. */
const MAX_READS = 5;

/** Reads the status of jobs, in the queues that this application has producers for. */
@Injectable()
export class JobsReader {
  constructor(
    private readonly queues: Queues,
    private readonly events: JobEvents,
    private readonly outbox: ApplicationOutbox,
  ) {}

  /** The names of the readable queues. */
  known(): string[] {
    return this.queues.names();
  }

  /**
   * The job's current status; undefined if the queue or the job does not exist. A committed job that is
   * still in the outbox counts as waiting.
   */
  async get(queueName: string, id: string): Promise<JobSnapshot | undefined> {
    const queue = this.queues.find(queueName);
    if (queue === undefined) return undefined;
    const found = await this.read(queue, id);
    if (found !== undefined || !this.outbox.isUsed) return found;
    // Read again: the job may have been published between the first read and the outbox query.
    return (await this.outbox.find(queueName, id)) ?? this.read(queue, id);
  }

  private async read(queue: Queue, id: string): Promise<JobSnapshot | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const state = readableState(await queue.getJobState(id));
      // On Redis the id may be a key of the queue that is not a job.
      if (state === undefined) return undefined;
      const job = await queue.getJob(id);
      if (job === undefined) return undefined;
      // The job may have ended between the two reads; then both are repeated.
      const agree = hasEnded({ state }) === (job.finishedOn !== undefined);
      if (agree || attempt === MAX_READS) {
        return snapshot(queue, job, shownState(state, job), await countChildren(job));
      }
    }
  }

  /**
   * Yields the job's current status, then one snapshot per change, until the job has completed, failed
   * permanently, been cancelled or removed. Changes in quick succession may be merged into one.
   *
   * Ends without an error when the signal is aborted or the application stops. Empty if the job does not
   * exist. If the store is lost meanwhile, waits until it is back.
   *
   * @throws QueueUnreachableError if the store does not answer at the first read.
   */
  async *watch(queueName: string, id: string, signal?: AbortSignal): AsyncGenerator<JobSnapshot> {
    const queue = this.queues.find(queueName);
    if (queue === undefined) return;
    // Subscribes before the first read, so that no change is missed in between.
    const subscription = await this.events.subscribe(queue.name, id, signal);
    try {
      let last: string | undefined;
      do {
        const reading = this.get(queue.name, id).catch(unreachableOnce(last !== undefined));
        // Every caller gets the first read. Later ones may not: on Postgres, BullMQ's promises do not
        // settle once the store has closed.
        const current = await (last === undefined
          ? reading
          : Promise.race([reading, subscription.ended]));
        if (current === 'unreachable') continue;
        if (current === undefined) return;
        const seen = JSON.stringify(current);
        if (seen !== last) yield current;
        if (hasEnded(current)) return;
        last = seen;
      } while (await subscription.changed());
    } finally {
      subscription.end();
    }
  }
}

/** After the first snapshot, an unreachable store is waited for instead of reported. */
function unreachableOnce(seen: boolean): (error: unknown) => 'unreachable' {
  return (error) => {
    if (seen && error instanceof QueueUnreachableError) return 'unreachable';
    throw error;
  };
}

function snapshot(
  queue: Queue,
  job: Job,
  stored: JobState,
  children: ChildCounts | undefined,
): JobSnapshot {
  const wasCancelled = stored === 'failed' && isCancelled(job.failedReason);
  const { attemptsMade, attemptsStarted, failedReason } = job;
  // BullMQ counts the end of a job as an attempt, also if it never began.
  const made = wasCancelled ? Math.min(attemptsMade, attemptsStarted) : attemptsMade;
  // BullMQ keeps the failure of an earlier attempt with a completed job.
  const failure = stored === 'completed' ? undefined : failedReason;
  return {
    queue: queue.name,
    id: job.id ?? '',
    state: wasCancelled ? 'cancelled' : stored,
    progress: job.progress,
    attempts: { made, max: job.opts.attempts ?? 1 },
    enqueuedAt: new Date(job.timestamp),
    startedAt: date(job.processedOn),
    finishedAt: date(job.finishedOn),
    result: stored === 'completed' ? (job.returnvalue as unknown) : undefined,
    failure: wasCancelled ? reasonOfCancel(failedReason) : failure,
    children,
    parent: job.parentKey === undefined ? undefined : parseJobKey(job.parentKey),
  };
}

/** A job that waits for room in its key waits, whatever BullMQ calls it. */
function shownState(state: JobState, job: Job): JobState {
  return state === 'delayed' && isParked(job) ? 'waiting' : state;
}

function date(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}
