import { Injectable } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import { parse } from '../contract/parse-json';
import { Queues } from '../queues/queues';
import { readableState } from '../queues/job-snapshot';
import { deadJob, type DeadJob } from './dead-job';
import { decodeCursor, encodeCursor } from './dead-jobs-cursor';
import { JobNotDeadError, RedriveRefusedError, UnknownQueueError } from './dead-jobs.errors';
import { describeHistory } from '../attempt/failed-attempts';
import { redriveAll, type RedriveReport } from './redrive-all';

export interface DeadJobsQuery {
  /** Undefined: those of all queues. */
  queue?: string;
  /** How many jobs a page has. @default 50 */
  limit?: number;
  /** That of the page before; undefined: the first page. */
  cursor?: string;
}

export interface DeadJobsPage {
  /** The latest to die first. */
  readonly jobs: readonly DeadJob[];
  /** How many there are on all pages. */
  readonly total: number;
  /** Gives the next page; undefined on the last one. */
  readonly cursor: string | undefined;
}

export interface RedriveOptions {
  /** Redrives a job even if its contract, as it is now, does not accept its data. @default false */
  force?: boolean;
}

/**
 * The jobs that have failed permanently: to look at, to redrive and to remove. Those of every queue that
 * this application has a contract of.
 *
 *     failed ──redrive()──▶ waiting ──▶ …     one step of the store; it happens or it does not
 *        └────remove()────▶ gone
 *
 * A redriven job keeps its id, data and options, and has all its attempts again.
 */
@Injectable()
export class DeadJobs {
  constructor(private readonly queues: Queues) {}

  /** The names of the queues that can be looked into. */
  known(): string[] {
    return this.queues.names();
  }

  /**
   * A page of the dead jobs of one queue, or of all. Jobs that die, or are redriven, while one turns the
   * pages can make another one show twice or not at all.
   *
   * @throws UnknownQueueError, InvalidCursorError
   */
  async list({ queue, limit = 50, cursor }: DeadJobsQuery = {}): Promise<DeadJobsPage> {
    const queues = (queue === undefined ? this.known() : [queue]).map((name) => this.queue(name));
    const offsets = decodeCursor(cursor);
    const pages = await Promise.all(
      queues.map(async (each) => {
        const offset = offsets.get(each.name) ?? 0;
        const [jobs, total] = await Promise.all([
          failed(each, offset, limit, false),
          each.getJobCountByTypes('failed'),
        ]);
        return { jobs: jobs.map((job) => deadJob(each.name, job)), total };
      }),
    );
    const total = pages.reduce((sum, page) => sum + page.total, 0);
    const jobs = pages
      .flatMap((page) => page.jobs)
      .sort((a, b) => b.failedAt.getTime() - a.failedAt.getTime())
      .slice(0, limit);
    for (const job of jobs) offsets.set(job.queue, (offsets.get(job.queue) ?? 0) + 1);
    const shown = queues.reduce((sum, { name }) => sum + (offsets.get(name) ?? 0), 0);
    const isLast = jobs.length === 0 || shown >= total;
    return { jobs, total, cursor: isLast ? undefined : encodeCursor(offsets) };
  }

  /**
   * One dead job.
   *
   * @throws UnknownQueueError
   * @throws JobNotDeadError if there is no such job, or it is not dead.
   */
  async get(queueName: string, id: string): Promise<DeadJob> {
    const queue = this.queue(queueName);
    return deadJob(queueName, await this.find(queue, id));
  }

  /** The lines that a job has logged, and those about its lives before it was redriven. */
  async log(queueName: string, id: string): Promise<string[]> {
    return (await this.queue(queueName).getJobLogs(id)).logs;
  }

  /**
   * Puts a dead job back into its queue. Done twice, at whatever moment, the second time throws and
   * changes nothing.
   *
   * @throws UnknownQueueError
   * @throws JobNotDeadError if there is no such job, or it is not dead (any more).
   * @throws RedriveRefusedError if its contract does not accept its data, and it is not forced.
   */
  async redrive(queueName: string, id: string, options: RedriveOptions = {}): Promise<void> {
    const queue = this.queue(queueName);
    await this.revive(queue, await this.find(queue, id), options);
  }

  /**
   * Redrives every job of a queue that is dead now, the first to die first. What its contract does not
   * accept stays dead and is told. Stopped or killed half-way, each job is either waiting or still
   * dead, and doing it again does the rest.
   *
   * @throws UnknownQueueError
   */
  async redriveAll(queueName: string, options: RedriveOptions = {}): Promise<RedriveReport> {
    const queue = this.queue(queueName);
    return redriveAll({
      count: () => queue.getJobCountByTypes('failed'),
      page: (offset, limit) => failed(queue, offset, limit, true),
      redrive: (job) => this.revive(queue, job, options),
    });
  }

  /**
   * Removes a dead job for good. One that another redrives at this very moment is removed all the same,
   * unless it runs already.
   *
   * @throws UnknownQueueError
   * @throws JobNotDeadError if there is no such job, or it is not dead.
   */
  async remove(queueName: string, id: string): Promise<void> {
    const queue = this.queue(queueName);
    const job = await this.find(queue, id);
    try {
      await job.remove();
    } catch (error) {
      throw await reasonFor(error, queue, id);
    }
  }

  private queue(name: string): Queue {
    const queue = this.queues.find(name);
    if (queue === undefined) throw new UnknownQueueError(name, this.known());
    return queue;
  }

  private async find(queue: Queue, id: string): Promise<Job> {
    // Postgres refuses to look for a text that holds NUL.
    if (id.includes('\0')) throw new JobNotDeadError(queue.name, id, undefined);
    // First, since on Redis an id may name a key of the queue that is no job.
    await requireDead(queue, id);
    const job = await queue.getJob(id);
    if (job === undefined) throw new JobNotDeadError(queue.name, id, undefined);
    return job;
  }

  private async revive(queue: Queue, job: Job, { force = false }: RedriveOptions): Promise<void> {
    const { id = '' } = job;
    if (!force) await this.requireAcceptable(queue.name, job);
    try {
      // On Postgres the list of attempts goes with the redrive. Should the process die after this line,
      // the job is still dead and has a line too many.
      await job.log(describeHistory(job));
      await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    } catch (error) {
      throw await reasonFor(error, queue, id);
    }
  }

  private async requireAcceptable(
    queue: string,
    { id = '', name, data, deferredFailure }: Job,
  ): Promise<void> {
    // A job that has failed has none, unless the store cannot read it.
    if (deferredFailure) {
      throw new RedriveRefusedError(queue, id, [{ field: '', problem: deferredFailure }]);
    }
    const contract = this.queues.contract(queue);
    if (contract === undefined) return;
    if (name !== contract.name) {
      const problem = `it is a job named "${name}", and this queue is for "${queue}" jobs`;
      throw new RedriveRefusedError(queue, id, [{ field: '', problem }]);
    }
    const parsed = await parse(contract.data, data);
    if (!parsed.ok) throw new RedriveRefusedError(queue, id, parsed.problems);
  }
}

async function failed(queue: Queue, offset: number, limit: number, asc: boolean): Promise<Job[]> {
  const jobs = await queue.getJobs(['failed'], offset, offset + limit - 1, asc);
  // One that was removed between the reading of the ids and of the jobs is missing.
  return jobs.filter((job) => (job as Job | undefined) !== undefined);
}

/** If another was faster, that is the reason; anything else is an error of the store. */
async function reasonFor(error: unknown, queue: Queue, id: string): Promise<unknown> {
  return requireDead(queue, id).then(
    () => error,
    (reason: unknown) => reason,
  );
}

async function requireDead(queue: Queue, id: string): Promise<void> {
  const state = readableState(await queue.getJobState(id));
  if (state !== 'failed') throw new JobNotDeadError(queue.name, id, state);
}
