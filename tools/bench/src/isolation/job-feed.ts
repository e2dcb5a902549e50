import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, withBackend } from 'bullmq';
import { ExperimentError, interruption } from '@tools/experiment';

const { Queue } = withBackend(createPostgresBackend);

/** In milliseconds. */
const LIMIT = 120_000;
const POLL_INTERVAL = 20;

/** When a job ran, in milliseconds since 1970. */
export interface JobRun {
  added: number;
  began: number;
  ended: number;
}

/** Adds jobs to a queue and reads their outcome, outside of the processes that are measured. */
export class JobFeed {
  private readonly queue: InstanceType<typeof Queue>;

  constructor(databaseUrl: string, name: string) {
    this.queue = new Queue(name, { connection: databaseUrl });
  }

  async add(jobs: number, data: object): Promise<void> {
    const job = { name: this.queue.name, data, opts: { attempts: 1 } };
    await this.queue.addBulk(Array.from({ length: jobs }, () => job));
  }

  /** Waits until this number of jobs has been completed. */
  async waitForEnded(jobs: number): Promise<void> {
    await this.until(async () => (await this.queue.getCompletedCount()) >= jobs);
  }

  /** Waits until this number of jobs runs at the same time. */
  async waitForRunning(jobs: number): Promise<void> {
    await this.until(async () => (await this.queue.getActiveCount()) >= jobs);
  }

  /** Removes the waiting jobs, and waits until the running ones have ended. */
  async stop(): Promise<void> {
    await this.queue.drain();
    await this.until(async () => (await this.queue.count()) === 0);
    await this.until(async () => (await this.queue.getActiveCount()) === 0);
  }

  /** Returns and removes the jobs that have ended since the last call. @throws ExperimentError if one failed */
  async takeRuns(): Promise<JobRun[]> {
    const jobs = await this.queue.getJobs(['completed', 'failed']);
    const failed = jobs.find(({ failedReason }) => failedReason);
    if (failed) {
      throw new ExperimentError(
        `A job of the queue "${this.queue.name}" failed: ${failed.failedReason}`,
      );
    }
    await this.queue.clean(0, 0, 'completed');
    return jobs.map(({ timestamp, processedOn = 0, finishedOn = 0 }) => ({
      added: timestamp,
      began: processedOn,
      ended: finishedOn,
    }));
  }

  async close(): Promise<void> {
    await this.queue.close();
  }

  private async until(reached: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + LIMIT;
    while (!(await reached())) {
      interruption.throwIfAborted();
      if ((await this.queue.getFailedCount()) > 0) await this.takeRuns();
      if (Date.now() > deadline) {
        throw new ExperimentError(
          `The jobs of the queue "${this.queue.name}" were not done within ${LIMIT / 1_000} s.`,
        );
      }
      await sleep(POLL_INTERVAL);
    }
  }
}

/**
 * Jobs per second within a window of time. A job that ran partly within the window counts with that part, so
 * that the result does not depend on where the window begins.
 */
export function jobsPerSecond(
  runs: readonly JobRun[],
  [from, to]: readonly [from: number, to: number],
): number {
  const jobs = runs.reduce((sum, { began, ended }) => {
    const within = Math.min(ended, to) - Math.max(began, from);
    return within <= 0 ? sum : sum + within / (ended - began);
  }, 0);
  return jobs / ((to - from) / 1_000);
}
