import { Injectable, Logger } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import type { CancelMarks } from '../bullmq/cancel-marks';
import { cancelMarksOf } from '../cancel/cancel-marks-of';
import type { JobContract } from '../contract/job-contract';
import type { KeepLimits } from '../contract/job-retention';
import { Queues } from '../queues/queues';
import type { RoundLook } from '../bullmq/postgres/queue-looks';
import { QueueErrors } from '../store/queue-errors';
import { QueueStore } from '../store/queue-store';
import { Bell } from '../timing/bell';
import { repeatAtShare } from '../timing/repeat-at-share';
import { CleaningDue } from './cleaning-due';

/** In milliseconds. */
const INTERVAL = 60_000;

/** The maximum number of jobs removed by one statement. */
const CHUNK = 1_000;

/** Of the time, while there is more to remove than one statement removes. Others fetch jobs for the rest of it. */
const SHARE = 0.2;

/**
 * Removes finished jobs that exceed the age or the number that their contract keeps.
 *
 * Every worker process does it, once a minute. BullMQ can clean too, each time a job ends. But on Postgres
 * that reads all ended jobs of the queue each time, and jobs that end together deadlock over the same old
 * ones (seen with bullmq 6.7 and `removeOnComplete: { count }`).
 *
 * On Postgres a queue is passed over while nothing has ended in it, and nothing has come of age.
 */
@Injectable()
export class JobCleaner {
  private readonly logger = new Logger('Workers');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private readonly stopping = new Bell();
  private readonly due = new CleaningDue();
  private readonly cancelled: CancelMarks;
  /** Of each queue: in milliseconds since 1970, up to when cancelled jobs were removed. */
  private readonly cleanedTo = new Map<string, number>();
  private looks: ReadonlyMap<string, RoundLook> | undefined;
  private readonly leave: () => unknown;

  constructor(
    private readonly queues: Queues,
    private readonly errors: QueueErrors,
    store: QueueStore,
  ) {
    this.cancelled = cancelMarksOf(store);
    const remember = (looks: readonly RoundLook[]) => {
      this.looks = new Map(looks.map((look) => [look.queue, look]));
    };
    this.leave = store.watch?.onRound(remember) ?? (() => undefined);
  }

  /** Starts cleaning the queues of these contracts at a random interval around `interval` milliseconds. */
  start(jobs: readonly JobContract[], interval = INTERVAL): void {
    // Jitter, so that processes that started together do not clean together.
    const pause = interval * (0.5 + Math.random());
    this.timer = setTimeout(() => {
      this.running = this.cleanAll(jobs).then(() => {
        if (!this.isStopped) this.start(jobs, interval);
      });
    }, pause).unref();
  }

  async stop(): Promise<void> {
    this.stopping.ring();
    clearTimeout(this.timer);
    this.leave();
    await this.running;
  }

  /** Removes the jobs that one contract does not keep. @returns how many were removed */
  async clean(job: JobContract): Promise<number> {
    const queue = this.queues.open(job);
    const completed = await this.cleanState(queue, 'completed', job.keep.completed);
    const failed = await this.cleanState(queue, 'failed', job.keep.failed);
    return completed + failed + (await this.cleanCancelled(job));
  }

  /** In the store they are failed jobs. Reads those only that have come of age since the last time. */
  private async cleanCancelled({ name, keep }: JobContract): Promise<number> {
    const { maxAge } = keep.cancelled;
    if (maxAge === undefined) return 0;
    const to = Date.now() - maxAge;
    const from = this.cleanedTo.get(name) ?? 0;
    const removed = await this.cancelled.remove(name, from, to);
    this.cleanedTo.set(name, to);
    return removed;
  }

  private async cleanAll(jobs: readonly JobContract[]): Promise<void> {
    for (const job of jobs) {
      if (this.isStopped) return;
      const look = this.looks?.get(job.name);
      if (look !== undefined && !this.due.isDue(job, look)) continue;
      try {
        const removed = await this.clean(job);
        if (look !== undefined) this.due.onCleaned(look);
        if (removed > 0) this.logger.debug(`Removed ${removed} finished "${job.name}" jobs.`);
      } catch (error) {
        this.errors.report(error);
      }
    }
  }

  private async cleanState(
    queue: Queue,
    state: 'completed' | 'failed',
    { maxAge, maxCount }: KeepLimits,
  ): Promise<number> {
    const byAge = maxAge === undefined ? 0 : await this.remove(queue, state, Date.now() - maxAge);
    const byCount = maxCount === undefined ? 0 : await this.removeExcess(queue, state, maxCount);
    return byAge + byCount;
  }

  /**
   * Removes jobs that ended before the oldest of the latest `maxCount`. By time, not by count: two workers
   * that each remove the excess would remove twice as many.
   */
  private async removeExcess(
    queue: Queue,
    state: 'completed' | 'failed',
    maxCount: number,
  ): Promise<number> {
    if (maxCount === 0) return this.remove(queue, state, Date.now());
    let [last] = await queue.getJobs([state], maxCount - 1, maxCount - 1, false);
    if (state === 'failed' && (last as Job | undefined) !== undefined) {
      // Cancelled jobs take no place of one that has failed.
      const index = maxCount - 1 + (await this.cancelled.count(queue.name));
      [last] = await queue.getJobs([state], index, index, false);
    }
    const { finishedOn } = (last as Job | undefined) ?? {};
    if (finishedOn === undefined) return 0;
    return this.remove(queue, state, finishedOn - 1);
  }

  /**
   * Removes the jobs that ended at `to`, in milliseconds since 1970, or before; the oldest first. `Queue.clean()`
   * takes an age, which is another moment by the time that it reads the clock.
   */
  private async remove(queue: Queue, state: 'completed' | 'failed', to: number): Promise<number> {
    let removed = 0;
    await repeatAtShare(SHARE, this.stopping, async () => {
      const { length } = await queue.backend.cleanJobsByState(state, to, CHUNK);
      removed += length;
      return length === CHUNK;
    });
    return removed;
  }

  private get isStopped(): boolean {
    return this.stopping.rings > 0;
  }
}
