import { Injectable } from '@nestjs/common';
import type { Job, JobState as BullJobState, Queue } from 'bullmq';
import { Queues } from '../module/queues';
import { JobEvents } from './job-events';
import { hasEnded, type JobSnapshot, type JobState } from './job-snapshot';

/** Reads what became of jobs, in the queues that this application has producers for. */
@Injectable()
export class JobsReader {
  constructor(
    private readonly queues: Queues,
    private readonly events: JobEvents,
  ) {}

  /** The names of the queues that can be read. */
  known(): string[] {
    return this.queues.names();
  }

  /** The job as it stands now; undefined if the queue or the job is not there. */
  async get(queueName: string, id: string): Promise<JobSnapshot | undefined> {
    const queue = this.queues.find(queueName);
    if (queue === undefined) return undefined;
    for (;;) {
      const state = readableState(await queue.getJobState(id));
      const job = await queue.getJob(id);
      if (job === undefined || state === undefined) return undefined;
      // The job may have moved on between the two reads; then they are taken again.
      const ended = job.finishedOn !== undefined;
      if (ended === hasEnded({ state })) return snapshot(queue, job, state);
    }
  }

  /**
   * The job as it stands now, and again each time something about it changes, until it has ended for
   * good or is removed. Several changes in quick succession may show as one.
   *
   * Ends without an error when the signal is aborted or the application stops. Empty if there is no
   * such job. What is not read costs nothing: the job is looked up when the next value is asked for.
   */
  async *watch(queueName: string, id: string, signal?: AbortSignal): AsyncGenerator<JobSnapshot> {
    const queue = this.queues.find(queueName);
    if (queue === undefined) return;
    // Subscribed before the first look, so that no change falls between the two.
    const subscription = await this.events.subscribe(queue.name, id, signal);
    try {
      let last: string | undefined;
      do {
        const current = await this.get(queue.name, id);
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

function snapshot(queue: Queue, job: Job, state: JobState): JobSnapshot {
  return {
    queue: queue.name,
    id: job.id ?? '',
    state,
    progress: job.progress,
    attempts: { made: job.attemptsMade, max: job.opts.attempts ?? 1 },
    enqueuedAt: new Date(job.timestamp),
    startedAt: date(job.processedOn),
    finishedAt: date(job.finishedOn),
    result: state === 'completed' ? (job.returnvalue as unknown) : undefined,
    failure: job.failedReason,
  };
}

function date(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}

/** A job with a priority waits like any other. */
function readableState(state: BullJobState | 'unknown'): JobState | undefined {
  if (state === 'unknown') return undefined;
  return state === 'prioritized' ? 'waiting' : state;
}
