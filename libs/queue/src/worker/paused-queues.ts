import { Injectable, Logger } from '@nestjs/common';
import type { JobContract } from '../contract/job-contract';
import { Queues } from '../queues/queues';
import { QueueErrors } from '../store/queue-errors';
import { QueueStore } from '../store/queue-store';

/** In milliseconds: from the start of a worker to the first look, which must not slow the start, and between two looks. */
const WAITS = { first: 1_000, next: 60_000 };

/** Logs which queues of this worker are paused, and when that changes: otherwise nothing says why no job runs. */
@Injectable()
export class PausedQueues {
  private readonly logger = new Logger('Workers');
  private readonly paused = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;
  private leave = (): unknown => undefined;

  constructor(
    private readonly queues: Queues,
    private readonly errors: QueueErrors,
    private readonly store: QueueStore,
  ) {}

  start(jobs: readonly JobContract[]): void {
    const { watch } = this.store;
    if (watch === undefined) this.lookAfter(WAITS.first, jobs);
    else {
      // Asks nothing itself.
      this.leave = watch.onRound((looks) => {
        for (const { queue, isPaused } of looks) this.note(queue, isPaused);
      });
    }
  }

  private lookAfter(wait: number, jobs: readonly JobContract[]): void {
    this.timer = setTimeout(() => {
      this.looking = this.look(jobs).then(() => {
        if (!this.stopped) this.lookAfter(WAITS.next, jobs);
      });
    }, wait).unref();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.leave();
    await this.looking;
  }

  /** Asks the queue store, and logs what has changed since the last time. */
  async look(jobs: readonly JobContract[]): Promise<void> {
    for (const job of jobs) {
      if (this.stopped) return;
      try {
        this.note(job.name, await this.queues.open(job).isPaused());
      } catch (error) {
        this.errors.report(error);
      }
    }
  }

  private note(queue: string, isPaused: boolean): void {
    if (isPaused === this.paused.has(queue)) return;
    if (isPaused) {
      this.paused.add(queue);
      this.logger.warn(
        `The queue "${queue}" is paused: no worker starts its jobs until it is resumed.`,
      );
    } else {
      this.paused.delete(queue);
      this.logger.log(`The queue "${queue}" is not paused any more.`);
    }
  }
}
