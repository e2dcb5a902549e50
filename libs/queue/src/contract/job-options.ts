import type { BackoffOptions, DeduplicationOptions, JobsOptions } from 'bullmq';

/** How long to wait before the next attempt; times are in milliseconds. */
export interface JobBackoff extends BackoffOptions {
  /** `fixed`: always `delay`. `exponential`: `delay`, then twice, four times, eight times that. */
  type: 'fixed' | 'exponential';
  delay: number;
  /** The share of the delay that is random, 0 to 1: jobs that failed together are not retried together. */
  jitter?: number;
}

/** The options of BullMQ that belong in a contract; each has the meaning that BullMQ gives it. */
export interface JobOptions extends Pick<
  JobsOptions,
  'attempts' | 'delay' | 'keepLogs' | 'lifo' | 'priority' | 'sizeLimit' | 'stackTraceLimit'
> {
  /** A number is a fixed delay in milliseconds. */
  backoff?: number | JobBackoff;
  /** Whether the job disappears when it has completed. BullMQ's limits are the contract's `keep`. */
  removeOnComplete?: boolean;
  /** Whether the job disappears when it has failed permanently. */
  removeOnFail?: boolean;
}

/** What a single `add` may say on top of, or against, the contract's options. */
export interface AddOptions extends JobOptions {
  /** The job's id. A job whose id is already in the queue is not added again. */
  jobId?: string;
  /** Drops or replaces a job while another with the same deduplication id is there. Wins over the contract's `dedupe`. */
  deduplication?: DeduplicationOptions;
}

/** What a contract gets unless it says otherwise: three attempts, about 1 and 2 seconds apart. */
export const DEFAULT_JOB_OPTIONS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
} as const satisfies JobOptions;
