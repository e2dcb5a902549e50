import type { BackoffOptions, DeduplicationOptions, JobsOptions } from 'bullmq';

/** How long to wait before the next attempt; times are in milliseconds. */
export interface JobBackoff extends BackoffOptions {
  /** `fixed`: always `delay`. `exponential`: `delay`, then twice, four times, eight times that. */
  type: 'fixed' | 'exponential';
  delay: number;
  /** The random share of the delay, 0 to 1, so that jobs that failed together are not retried together. */
  jitter?: number;
}

/** The BullMQ options that belong in a contract, with BullMQ's meaning. */
export interface JobOptions extends Pick<
  JobsOptions,
  'attempts' | 'delay' | 'keepLogs' | 'lifo' | 'priority' | 'sizeLimit' | 'stackTraceLimit'
> {
  /** A number is a fixed delay in milliseconds. */
  backoff?: number | JobBackoff;
  /** Whether the job is removed when it completes. For BullMQ's limits, use the contract's `keep`. */
  removeOnComplete?: boolean;
  /** Whether the job is removed when it fails permanently. */
  removeOnFail?: boolean;
}

/** Options of a single `add`; they extend or override the contract's options. */
export interface AddOptions extends JobOptions {
  /** The job's id. A job whose id is already in the queue is not added again. */
  jobId?: string;
  /**
   * Drops or replaces a job while another with the same deduplication id exists. Takes precedence over the
   * contract's `dedupe`.
   */
  deduplication?: DeduplicationOptions;
}

/** A contract's default options: three attempts, about 1 and 2 seconds apart. */
export const DEFAULT_JOB_OPTIONS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
} as const satisfies JobOptions;
