import type { Job } from 'bullmq';
import { failedAttempts, type FailedAttempt } from '../attempt/failed-attempts';

/** A kept job that failed permanently. Unlike a snapshot it includes the data, because it is for operators. */
export interface DeadJob {
  readonly queue: string;
  readonly id: string;
  /** The name it was added with: the queue's, unless it was not added by a producer. */
  readonly name: string;
  readonly data: unknown;
  /** Why its last attempt failed. */
  readonly failure: string;
  /** The stack of that failure; empty if unknown. */
  readonly stack: string;
  readonly attempts: { readonly made: number; readonly max: number };
  /** The attempts since it was added or redriven, oldest first. */
  readonly history: readonly FailedAttempt[];
  readonly enqueuedAt: Date;
  /** When its last attempt began; undefined if it never ran. */
  readonly startedAt: Date | undefined;
  readonly failedAt: Date;
}

export function deadJob(queue: string, job: Job): DeadJob {
  const history = failedAttempts(job);
  return {
    queue,
    id: job.id ?? '',
    name: job.name,
    data: job.data as unknown,
    failure: job.failedReason,
    stack: history.at(-1)?.stack ?? '',
    attempts: { made: job.attemptsMade, max: job.opts.attempts ?? 1 },
    history,
    enqueuedAt: new Date(job.timestamp),
    startedAt: job.processedOn === undefined ? undefined : new Date(job.processedOn),
    failedAt: new Date(job.finishedOn ?? job.timestamp),
  };
}
