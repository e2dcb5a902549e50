import { Injectable } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { Queues } from '../queues/queues';
import { ApplicationOutbox } from '../outbox/application-outbox';
import { JobEvents } from './job-events';
import { hasEnded, readableState, type JobSnapshot, type JobState } from '../queues/job-snapshot';

/** How often two reads that contradict one another are repeated. */
const MAX_READS = 5;

/** Reads what became of jobs, in the queues that this application has producers for. */
@Injectable()
export class JobsReader {
  constructor(
    private readonly queues: Queues,
    private readonly events: JobEvents,
    private readonly outbox: ApplicationOutbox,
  ) {}

  /** The names of the queues that can be read. */
  known(): string[] {
    return this.queues.names();
  }

  /**
   * The job as it stands now; undefined if the queue or the job is not there. One that is committed, and
   * still to be published from the outbox, waits like any other.
   */
  async get(queueName: string, id: string): Promise<JobSnapshot | undefined> {
    const queue = this.queues.find(queueName);
    if (queue === undefined) return undefined;
    const found = await this.read(queue, id);
    if (found !== undefined || !this.outbox.isUsed) return found;
    // In the second read it is there if it was published between the first and the question.
    return (await this.outbox.find(queueName, id)) ?? this.read(queue, id);
  }

  private async read(queue: Queue, id: string): Promise<JobSnapshot | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const state = readableState(await queue.getJobState(id));
      // On Redis the id may name a key of the queue that is no job, and cannot be read as one.
      if (state === undefined) return undefined;
      const job = await queue.getJob(id);
      if (job === undefined) return undefined;
      // The job may have ended between the two reads; then they are taken again.
      const agree = hasEnded({ state }) === (job.finishedOn !== undefined);
      if (agree || attempt === MAX_READS) return snapshot(queue, job, state);
    }
  }

  /**
   * The job as it stands now, and again each time something about it changes, until it has ended for
   * good or is removed. Several changes in quick succession may show as one.
   *
   * Ends without an error when the signal is aborted or the application stops. Empty if there is no
   * such job. A store that is lost while one watches is waited for.
   *
   * @throws QueueUnreachableError if the store does not answer at the first read.
   */
  async *watch(queueName: string, id: string, signal?: AbortSignal): AsyncGenerator<JobSnapshot> {
    const queue = this.queues.find(queueName);
    if (queue === undefined) return;
    // Subscribed before the first read, so that no change falls between the two.
    const subscription = await this.events.subscribe(queue.name, id, signal);
    try {
      let last: string | undefined;
      do {
        const reading = this.get(queue.name, id).catch(unreachableOnce(last !== undefined));
        // The first read is for everyone. Later ones may never be answered: BullMQ's promises do not
        // settle on Postgres once the store has closed.
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

/** Lets whoever has seen the job once wait until the store is back. */
function unreachableOnce(seen: boolean): (error: unknown) => 'unreachable' {
  return (error) => {
    if (seen && error instanceof QueueUnreachableError) return 'unreachable';
    throw error;
  };
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
    // BullMQ keeps the reason of an earlier attempt with a job that has completed since.
    failure: state === 'completed' ? undefined : job.failedReason,
  };
}

function date(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}
