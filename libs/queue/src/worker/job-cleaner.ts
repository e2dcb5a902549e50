import { Injectable, Logger } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import type { JobContract } from '../contract/job-contract';
import type { KeepLimits } from '../contract/job-retention';
import { Queues } from '../queues/queues';
import { QueueErrors } from '../store/queue-errors';

/** In milliseconds. */
const INTERVAL = 60_000;

/** The most jobs that are removed by one statement. */
const CHUNK = 1_000;

/** In milliseconds: how much the clock may go on between two looks at it. What ended so shortly before is kept. */
const TICKS = 2;

/**
 * Removes jobs that have ended, once they are older or more than their contract keeps.
 *
 * Every worker process does it, once a minute. BullMQ can do it too, each time a job ends; on Postgres
 * that reads all ended jobs of the queue each time, and jobs that end together deadlock over the same
 * old ones (seen with bullmq 6.7 and `removeOnComplete: { count }`).
 */
@Injectable()
export class JobCleaner {
  private readonly logger = new Logger('Workers');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly queues: Queues,
    private readonly errors: QueueErrors,
  ) {}

  /** Begins to clean the queues of these contracts every now and then. */
  start(jobs: readonly JobContract[], interval = INTERVAL): void {
    // Processes that started together need not clean together.
    const pause = interval * (0.5 + Math.random());
    this.timer = setTimeout(() => {
      this.running = this.cleanAll(jobs).then(() => {
        if (!this.stopped) this.start(jobs, interval);
      });
    }, pause).unref();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Removes what one contract does not keep. @returns how many jobs that were */
  async clean(job: JobContract): Promise<number> {
    const queue = this.queues.open(job);
    const completed = await this.cleanState(queue, 'completed', job.keep.completed);
    const failed = await this.cleanState(queue, 'failed', job.keep.failed);
    return completed + failed;
  }

  private async cleanAll(jobs: readonly JobContract[]): Promise<void> {
    for (const job of jobs) {
      if (this.stopped) return;
      try {
        const removed = await this.clean(job);
        if (removed > 0) this.logger.debug(`Removed ${removed} ended "${job.name}" jobs.`);
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
    const byAge = maxAge === undefined ? 0 : await this.remove(queue, state, () => maxAge);
    const byCount = maxCount === undefined ? 0 : await this.removeExcess(queue, state, maxCount);
    return byAge + byCount;
  }

  /**
   * Removes what ended before the oldest of the `maxCount` latest. Not so many of the oldest as there are
   * too many: another worker that does the same at the same time would remove as many once more.
   */
  private async removeExcess(
    queue: Queue,
    state: 'completed' | 'failed',
    maxCount: number,
  ): Promise<number> {
    if (maxCount === 0) return this.remove(queue, state, () => 0);
    const [last] = await queue.getJobs([state], maxCount - 1, maxCount - 1, false);
    const { finishedOn } = (last as Job | undefined) ?? {};
    if (finishedOn === undefined) return 0;
    return this.remove(queue, state, () => Date.now() - finishedOn + TICKS);
  }

  /** Removes the jobs that ended longer ago than `age`, the oldest first. */
  private async remove(
    queue: Queue,
    state: 'completed' | 'failed',
    age: () => number,
  ): Promise<number> {
    let removed = 0;
    while (!this.stopped) {
      const { length } = await queue.clean(age(), CHUNK, state);
      removed += length;
      if (length < CHUNK) break;
    }
    return removed;
  }
}
