import type { JobWatch } from './job-watch';
import type { WatchedQueue } from './queue-looks';

/** In milliseconds: BullMQ's default. */
const STALLED_INTERVAL = 30_000;

/** In milliseconds: between two fetches while jobs are due that cannot be fetched: paused, or held by another one. */
export const DUE_AGAIN = 20;

/** Of BullMQ's options of a worker. */
export interface StalledOptions {
  /** In milliseconds. */
  readonly stalledInterval?: number;
}

/** A backend whose worker waits for jobs as long as there are none, instead of asking for them at an interval. */
export interface PatientBackend {
  waitPatiently(worker: PatientWorker): void;
}

/** A worker that waits for jobs as long as there are none. */
export interface PatientWorker {
  /** Has it look for jobs that have lost their worker, at once. */
  readonly checkStalled: () => void;
  /** Whether it runs none. */
  readonly isIdle: () => boolean;
}

/** What one worker waits for: its part of the {@link JobWatch} of the process. */
export class PatientWait {
  private interruption = new AbortController();
  private isCheckDue = false;
  /** Whether it got a job when it was last woken for one. */
  private wasFirst = false;
  /** Whether the worker was woken for a job and has not fetched since. */
  private isWoken = false;
  private readonly leave: () => void;

  constructor(
    private readonly watch: JobWatch,
    private readonly watched: WatchedQueue,
    private readonly worker: PatientWorker,
  ) {
    const onActive = () => {
      this.isCheckDue = true;
      worker.checkStalled();
    };
    this.leave = watch.add({ watched, onActive });
  }

  /**
   * As BullMQ's own wait for a job.
   *
   * @param timeout in seconds: how long BullMQ would wait
   */
  async wait(timeout: number): Promise<{ member: string; score: number } | null> {
    const { signal } = this.interruption;
    if (signal.aborted) return null;
    const isReady = await this.watch.wait(this.watched, {
      patience: timeout * 1_000,
      pause: DUE_AGAIN,
      // One that runs jobs leaves more of them to others.
      isEager: () => this.wasFirst && this.worker.isIdle(),
      signal,
    });
    this.isWoken = true;
    return isReady ? { member: this.watched.queue, score: 0 } : null;
  }

  /**
   * @param found whether the worker has got a job
   * @param time in milliseconds: how long the fetch took
   */
  fetched(found: boolean, time: number): void {
    if (found) this.watch.onFetched(time);
    if (this.isWoken) this.wasFirst = found;
    this.isWoken = false;
  }

  /** Whether jobs of the queue may have lost their worker. Where another interval is set, BullMQ's timer decides. */
  isStalledCheckDue({ stalledInterval = STALLED_INTERVAL }: StalledOptions): boolean {
    const isDue = this.isCheckDue || stalledInterval !== STALLED_INTERVAL;
    this.isCheckDue = false;
    return isDue;
  }

  /** Ends the wait, and each one until {@link goOn}. */
  interrupt(): void {
    this.interruption.abort();
  }

  goOn(): void {
    if (this.interruption.signal.aborted) this.interruption = new AbortController();
  }

  stop(): void {
    this.leave();
    this.interrupt();
  }
}
