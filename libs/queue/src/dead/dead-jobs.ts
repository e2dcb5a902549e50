import { Injectable } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import { isCancelled } from '../attempt/job-cancelled.error';
import { failedChildIn } from '../bullmq/consume/explain-unrun-job';
import { isVerdict } from '../bullmq/consume/kept-ends';
import { cancelMarksOf } from '../cancel/cancel-marks-of';
import type { CancelMarks } from '../bullmq/cancel-marks';
import { isNamedIn, isNewer, parseStored } from '../contract/job-version';
import { redactText } from '../contract/redaction';
import { QueueStore } from '../store/queue-store';
import { failed, pageOfFailed } from './page-of-failed';
import { Queues } from '../queues/queues';
import { type JobState, readableState } from '../queues/job-snapshot';
import { deadJob, type DeadJob } from './dead-job';
import { decodeCursor, encodeCursor } from './dead-jobs-cursor';
import { JobNotDeadError, RedriveRefusedError } from './dead-jobs.errors';
import { describeHistory } from '../attempt/failed-attempts';
import { failedChildren, parentToRedrive } from './redrive-family';
import { redriveAll, type RedriveReport } from './redrive-all';

export interface DeadJobsQuery {
  /** Undefined: all queues. */
  queue?: string;
  /** Jobs per page. @default 50 */
  limit?: number;
  /** The cursor of the previous page; undefined: the first page. */
  cursor?: string;
  /** Lists the jobs that were cancelled, in place of the dead ones. @default false */
  cancelled?: boolean;
}

export interface DeadJobsPage {
  /** Most recently failed first. */
  readonly jobs: readonly DeadJob[];
  /** The number of jobs on all pages. */
  readonly total: number;
  /** For the next page; undefined on the last one. */
  readonly cursor: string | undefined;
}

export interface RedriveOptions {
  /** Redrives a job even if its current contract does not accept its data. @default false */
  force?: boolean;
}

/**
 * Lists, redrives and removes jobs that failed permanently, in every queue whose contract this application
 * has.
 *
 *     failed ──redrive()──▶ waiting ──▶ …     one step of the store; it happens or it does not
 *        └────remove()────▶ gone
 *
 * A redriven job keeps its id, data and options, and gets all its attempts again.
 *
 * Cancelled jobs are not dead: they are listed only if asked for, and redriven or removed only by their id.
 */
@Injectable()
export class DeadJobs {
  private readonly cancelled: CancelMarks;

  constructor(
    private readonly queues: Queues,
    store: QueueStore,
  ) {
    this.cancelled = cancelMarksOf(store);
  }

  /** The names of the available queues. */
  known(): string[] {
    return this.queues.names();
  }

  /**
   * A page of the dead jobs of one queue, or of all. Jobs that die or are redriven while paging may make a
   * job appear twice or not at all.
   *
   * @throws UnknownQueueError, InvalidCursorError
   */
  async list({
    queue,
    limit = 50,
    cursor,
    cancelled = false,
  }: DeadJobsQuery = {}): Promise<DeadJobsPage> {
    const queues = (queue === undefined ? this.known() : [queue]).map((name) =>
      this.queues.get(name),
    );
    const offsets = decodeCursor(cursor);
    const pages = await Promise.all(
      queues.map(async (each) => {
        const offset = offsets.get(each.name) ?? 0;
        const [page, total] = await Promise.all([
          pageOfFailed(each, {
            offset,
            limit,
            isListed: (job) => isCancelledJob(job) === cancelled,
          }),
          this.count(each, cancelled),
        ]);
        return { ...page, queue: each.name, total };
      }),
    );
    const found = pages
      .flatMap(({ queue: name, jobs }) =>
        jobs.map(({ job, next }) => ({
          job: deadJob(name, job, this.queues.contract(name)),
          next,
        })),
      )
      .sort((a, b) => b.job.failedAt.getTime() - a.job.failedAt.getTime());
    const shown = found.slice(0, limit);
    for (const { job, next } of shown) offsets.set(job.queue, next);
    const isLast = shown.length === found.length && pages.every(({ isLastPage }) => isLastPage);
    return {
      jobs: shown.map(({ job }) => job),
      total: pages.reduce((sum, page) => sum + page.total, 0),
      cursor: isLast || shown.length === 0 ? undefined : encodeCursor(offsets),
    };
  }

  /**
   * One dead job.
   *
   * @throws UnknownQueueError
   * @throws JobNotDeadError if there is no such job, or it is not dead.
   */
  async get(queueName: string, id: string): Promise<DeadJob> {
    const queue = this.queues.get(queueName);
    return deadJob(queueName, await this.find(queue, id), this.queues.contract(queueName));
  }

  /** The lines that a job has logged, and one line for each earlier redrive. */
  async log(queueName: string, id: string): Promise<string[]> {
    const queue = this.queues.get(queueName);
    const { logs } = await queue.getJobLogs(id);
    const contract = this.queues.contract(queueName);
    // Lines of code that used BullMQ's job, or of an earlier contract.
    if (contract?.redact === undefined || logs.length === 0) return logs;
    const job = (await queue.getJob(id)) as Job | undefined;
    return logs.map((line) => redactText(contract, job?.data, line));
  }

  /**
   * Queues a dead job again. A second redrive, even a concurrent one, throws and changes nothing.
   *
   * A parent that has failed because of the job waits for it again, if it has no other failed child. A job that has
   * failed because of its children is queued again after them, and waits for them.
   *
   * @throws UnknownQueueError
   * @throws JobNotDeadError if there is no such job, or it is not dead (any more).
   * @throws RedriveRefusedError if its contract does not accept its data or that of a failed child, and it is not
   *   forced; or if a child that it needs was removed.
   */
  async redrive(queueName: string, id: string, options: RedriveOptions = {}): Promise<void> {
    const queue = this.queues.get(queueName);
    await this.revive(queue, await this.find(queue, id), options);
  }

  /**
   * Redrives every job of a queue that is dead now, the first to die first. Jobs that their contract does
   * not accept stay dead and are reported. Cancelled jobs are left alone. After an interruption, each job is either waiting or still dead,
   * and a second call does the rest.
   *
   * @throws UnknownQueueError
   */
  async redriveAll(queueName: string, options: RedriveOptions = {}): Promise<RedriveReport> {
    const queue = this.queues.get(queueName);
    return redriveAll({
      count: () => queue.getJobCountByTypes('failed'),
      page: (offset, limit) => failed(queue, offset, limit, true),
      isDead: (job) => !isCancelledJob(job),
      redrive: (job) => this.revive(queue, job, options),
    });
  }

  /**
   * Removes a dead job permanently. A job that is redriven concurrently is removed too, unless it already
   * runs.
   *
   * @throws UnknownQueueError
   * @throws JobNotDeadError if there is no such job, or it is not dead.
   */
  async remove(queueName: string, id: string): Promise<void> {
    const queue = this.queues.get(queueName);
    const job = await this.find(queue, id);
    try {
      await job.remove();
    } catch (error) {
      throw await reasonFor(error, queue, id);
    }
  }

  private async count(queue: Queue, areCancelled: boolean): Promise<number> {
    const [failedJobs, cancelled] = await Promise.all([
      areCancelled ? 0 : queue.getJobCountByTypes('failed'),
      this.cancelled.count(queue.name),
    ]);
    return areCancelled ? cancelled : Math.max(0, failedJobs - cancelled);
  }

  private async find(queue: Queue, id: string): Promise<Job> {
    // Postgres refuses strings that contain NUL.
    if (id.includes('\0')) throw new JobNotDeadError(queue.name, id, undefined);
    // Checked first: on Redis an id may be a key of the queue that is not a job.
    await requireDead(queue, id);
    const job = await queue.getJob(id);
    if (job === undefined) throw new JobNotDeadError(queue.name, id, undefined);
    return job;
  }

  /** Also redrives what the job has failed with: its failed children, and the parent that has failed for it. */
  private async revive(queue: Queue, job: Job, options: RedriveOptions): Promise<void> {
    await this.reviveBelow(queue, job, options);
    await this.reviveAbove(job, options);
  }

  private async reviveBelow(queue: Queue, job: Job, options: RedriveOptions): Promise<void> {
    if (!options.force) await this.requireAcceptable(queue.name, job);
    for (const child of await failedChildren(this.queues, { queue, job })) {
      await this.reviveBelow(child.queue, child.job, options).catch(unlessNotDead);
    }
    await this.retry(queue, job);
  }

  /** A parent that is refused stays dead; the child runs nevertheless. */
  private async reviveAbove(job: Job, options: RedriveOptions): Promise<void> {
    const parent = await parentToRedrive(this.queues, job);
    if (parent === undefined) return;
    try {
      await this.revive(parent.queue, parent.job, options);
    } catch (error) {
      if (!(error instanceof RedriveRefusedError)) unlessNotDead(error);
    }
  }

  private async retry(queue: Queue, job: Job): Promise<void> {
    const { id = '' } = job;
    try {
      // On Postgres a redrive deletes the list of attempts. If the process dies after this line, the job is
      // still dead and has one log line too many.
      await job.log(describeHistory(job));
      await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    } catch (error) {
      throw await reasonFor(error, queue, id);
    }
  }

  private async requireAcceptable(
    queue: string,
    { id = '', name, data, opts, deferredFailure }: Job,
  ): Promise<void> {
    // A failed job has none, unless the store cannot parse the job; on Postgres, also one of which a second child has
    // failed, which is redriven as well.
    if (deferredFailure && failedChildIn(deferredFailure) === undefined) {
      throw new RedriveRefusedError(queue, id, [{ field: '', problem: deferredFailure }]);
    }
    const contract = this.queues.contract(queue);
    if (contract === undefined) return;
    if (!isNamedIn(contract, name)) {
      const problem = `it is a job named "${name}", and this queue is for "${queue}" jobs`;
      throw new RedriveRefusedError(queue, id, [{ field: '', problem }]);
    }
    // Only a newer process can tell.
    if (isNewer({ opts }, contract)) return;
    const parsed = await parseStored(contract, { name, data: data as unknown, opts });
    if (!parsed.ok) throw new RedriveRefusedError(queue, id, parsed.problems);
  }
}

/** Another redrive may have been faster. */
function unlessNotDead(error: unknown): void {
  if (!(error instanceof JobNotDeadError)) throw error;
}

function isCancelledJob({ failedReason }: Job): boolean {
  return isCancelled(failedReason);
}

/**
 * A concurrent redrive or removal may have been faster; anything else is an error of the store. The job may be dead again
 * by now.
 */
async function reasonFor(error: unknown, queue: Queue, id: string): Promise<unknown> {
  if (isVerdict(error)) return new JobNotDeadError(queue.name, id, await stateAfter(queue, id));
  return requireDead(queue, id).then(
    () => error,
    (reason: unknown) => reason,
  );
}

/** How a job is that was redriven elsewhere; it waited, if it has died since then. */
async function stateAfter(queue: Queue, id: string): Promise<JobState | undefined> {
  const state = readableState(await queue.getJobState(id));
  return state === 'failed' ? 'waiting' : state;
}

async function requireDead(queue: Queue, id: string): Promise<void> {
  const state = readableState(await queue.getJobState(id));
  if (state !== 'failed') throw new JobNotDeadError(queue.name, id, state);
}
