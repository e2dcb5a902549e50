import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, withBackend } from 'bullmq';
import { BenchError, interruption } from '@tools/experiment';

const { Queue } = withBackend(createPostgresBackend);

/** In milliseconds. */
const LIMIT = 120_000;
const LOOK_EVERY = 20;

/** When a job ran, in milliseconds since 1970. */
export interface JobRun {
  added: number;
  began: number;
  ended: number;
}

/** Adds jobs to a queue and sees what becomes of them, from outside of the processes that are measured. */
export class JobFeed {
  private readonly queue: InstanceType<typeof Queue>;

  constructor(databaseUrl: string, name: string) {
    this.queue = new Queue(name, { connection: databaseUrl });
  }

  async add(jobs: number, data: object): Promise<void> {
    const job = { name: this.queue.name, data, opts: { attempts: 1 } };
    await this.queue.addBulk(Array.from({ length: jobs }, () => job));
  }

  /** Waits until so many have ended. */
  async waitForEnded(jobs: number): Promise<void> {
    await this.until(async () => (await this.queue.getCompletedCount()) >= jobs);
  }

  /** Waits until so many run at the same time. */
  async waitForRunning(jobs: number): Promise<void> {
    await this.until(async () => (await this.queue.getActiveCount()) >= jobs);
  }

  /** Takes back the jobs that wait, and waits until those that run have ended. */
  async stop(): Promise<void> {
    await this.queue.drain();
    await this.until(async () => (await this.queue.count()) === 0);
    await this.until(async () => (await this.queue.getActiveCount()) === 0);
  }

  /** The jobs that have ended since the last time; it forgets them. @throws BenchError if one failed */
  async takeRuns(): Promise<JobRun[]> {
    const jobs = await this.queue.getJobs(['completed', 'failed']);
    const failed = jobs.find(({ failedReason }) => failedReason);
    if (failed) {
      throw new BenchError(`A job "${this.queue.name}" has failed: ${failed.failedReason}`);
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
        throw new BenchError(
          `The jobs of "${this.queue.name}" have not been done within ${LIMIT / 1_000} s.`,
        );
      }
      await sleep(LOOK_EVERY);
    }
  }
}

/**
 * How many jobs ran a second. One that ran in the measured time for a part of its run counts as that
 * part, so that it does not matter when the time began.
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
