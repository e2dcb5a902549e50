import { Injectable } from '@nestjs/common';
import { QueueWorkers, type WorkerQueue } from '../admin/queue-workers';
import { workerName } from '../bullmq/consume/worker-name';
import { QueueErrors } from '../store/queue-errors';
import { settleWithin } from '../timing/settle-within';

/**
 * In milliseconds: from the start to the first note, which must not slow the start; until it is tried again; and for its
 * removal, since a store that is away must not keep a process that stops.
 */
const WAITS = { first: 250, again: 15_000, last: 1_000 };

/** Notes in the store that this process runs jobs, for as long as it does: an idle worker is seen by nothing else. */
@Injectable()
export class WorkerPresence {
  private readonly startedAt = new Date();
  private queues: readonly WorkerQueue[] = [];
  private isStopping = false;
  private isNoted = false;
  private isStopped = false;
  private timer: NodeJS.Timeout | undefined;
  /** One note after another: the last one has to be that which counts. */
  private writing: Promise<boolean> = Promise.resolve(true);

  constructor(
    private readonly workers: QueueWorkers,
    private readonly errors: QueueErrors,
  ) {}

  start(queues: readonly WorkerQueue[]): void {
    this.queues = queues;
    this.repeat(WAITS.first);
  }

  /** It takes no job any more, and lets those that run finish. */
  drain(): void {
    this.isStopping = true;
    if (this.isNoted) void this.write(() => this.note());
  }

  /**
   * It has gone.
   *
   * @param time in milliseconds: how long it may take
   */
  async stop(time: number): Promise<void> {
    clearTimeout(this.timer);
    this.isStopped = true;
    if (!this.isNoted) return;
    const names = this.queues.map(({ queue }) => queue);
    await settleWithin(
      Math.min(WAITS.last, time),
      this.write(() => this.workers.remove(workerName(), names)),
    );
  }

  private repeat(wait: number): void {
    this.timer = setTimeout(() => {
      void this.write(() => this.note()).then((isWritten) => {
        const next = isWritten ? this.workers.renewal : WAITS.again;
        if (next !== undefined && !this.isStopped) this.repeat(next);
      });
    }, wait).unref();
  }

  private note(): Promise<void> {
    const { startedAt, isStopping, queues } = this;
    this.isNoted = true;
    return this.workers.keep({ name: workerName(), startedAt, isStopping, queues });
  }

  /** @returns whether it was written */
  private write(write: () => Promise<void>): Promise<boolean> {
    this.writing = this.writing.then(write).then(
      () => true,
      (error: unknown) => {
        // The store of a process that has stopped is closed.
        if (!this.isStopped) this.errors.report(error);
        return false;
      },
    );
    return this.writing;
  }
}
