import { JobCancelledError, reasonOfCancel } from '../attempt/job-cancelled.error';
import type { CancelMarks } from '../bullmq/cancel-marks';

/** In milliseconds: how often the marks of running jobs are polled. */
const INTERVAL = 500;

/** In milliseconds: a job that has run for less is not asked for. */
const SHORT = 100;

/** The jobs of one queue that run in this process. */
export interface CancellableJobs {
  readonly queue: string;
  /** Those that began before this time, in milliseconds since 1970, and are not being cancelled. */
  startedBefore(time: number): string[];
  cancel(id: string, error: JobCancelledError): void;
}

/**
 * Ends the jobs of this process that are cancelled elsewhere: polls their marks, with one statement for all of them on
 * Postgres, and one command for each of their queues on Redis. While nothing runs, or only short jobs, it sends
 * nothing.
 */
export class CancelWatch {
  private timer: NodeJS.Timeout | undefined;
  private isPolling = false;

  constructor(
    private readonly marks: CancelMarks,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(all: readonly CancellableJobs[]): void {
    this.timer = setInterval(() => {
      void this.poll(all);
    }, INTERVAL).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async poll(all: readonly CancellableJobs[]): Promise<void> {
    if (this.isPolling) return;
    const time = Date.now() - SHORT;
    const running = new Map<string, string[]>();
    for (const jobs of all) {
      const ids = jobs.startedBefore(time);
      if (ids.length > 0) running.set(jobs.queue, ids);
    }
    if (running.size === 0) return;
    this.isPolling = true;
    try {
      for (const { queue, id, failure } of await this.marks.marked(running)) {
        const error = new JobCancelledError(reasonOfCancel(failure));
        for (const jobs of all) if (jobs.queue === queue) jobs.cancel(id, error);
      }
    } catch (error) {
      this.onError(error);
    } finally {
      this.isPolling = false;
    }
  }
}
