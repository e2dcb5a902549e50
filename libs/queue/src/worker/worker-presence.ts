import { Injectable } from '@nestjs/common';
import { QueueWorkers, type WorkerQueue } from '../admin/queue-workers';
import { workerName } from '../bullmq/worker-name';
import { QueueErrors } from '../store/queue-errors';
import { settleWithin } from '../timing/settle-within';

/**
 * In milliseconds: from the start to the first note, which must not slow the start; between two; and for its removal,
 * since a store that is away must not keep a process that stops.
 */
const WAITS = { first: 250, next: 15_000, last: 1_000 };

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
  private writing: Promise<void> = Promise.resolve();

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

  /** It has gone. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.isStopped = true;
    if (!this.isNoted) return;
    const names = this.queues.map(({ queue }) => queue);
    await settleWithin(
      WAITS.last,
      this.write(() => this.workers.remove(workerName(), names)),
    );
  }

  private repeat(wait: number): void {
    this.timer = setTimeout(() => {
      void this.write(() => this.note()).then(() => {
        if (!this.isStopped) this.repeat(WAITS.next);
      });
    }, wait).unref();
  }

  private note(): Promise<void> {
    const { startedAt, isStopping, queues } = this;
    this.isNoted = true;
    return this.workers.keep({ name: workerName(), startedAt, isStopping, queues });
  }

  private write(write: () => Promise<void>): Promise<void> {
    this.writing = this.writing.then(write).catch((error: unknown) => {
      this.errors.report(error);
    });
    return this.writing;
  }
}
