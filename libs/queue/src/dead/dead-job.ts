import type { Job } from 'bullmq';
import type { JobContract } from '../contract/job-contract';
import { redactData, redactText } from '../contract/redaction';
import { failedAttempts, type FailedAttempt } from '../attempt/failed-attempts';

/** A kept job that failed permanently. Unlike a snapshot it includes the data, because it is for operators. */
export interface DeadJob {
  readonly queue: string;
  readonly id: string;
  /** The name it was added with: the queue's, unless it was not added by a producer. */
  readonly name: string;
  /** Without what the contract's `redact` names; nor do the texts below have it. */
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

/** @param contract whose `redact` names what is not shown */
export function deadJob(queue: string, job: Job, contract?: JobContract): DeadJob {
  const show = (text: string) => redactText(contract, job.data, text);
  const history = failedAttempts(job).map((attempt) => ({
    ...attempt,
    error: show(attempt.error),
    stack: show(attempt.stack),
  }));
  return {
    queue,
    id: job.id ?? '',
    name: job.name,
    data: redactData(contract, job.data),
    failure: show(job.failedReason),
    stack: history.at(-1)?.stack ?? '',
    attempts: { made: job.attemptsMade, max: job.opts.attempts ?? 1 },
    history,
    enqueuedAt: new Date(job.timestamp),
    startedAt: job.processedOn === undefined ? undefined : new Date(job.processedOn),
    failedAt: new Date(job.finishedOn ?? job.timestamp),
  };
}
