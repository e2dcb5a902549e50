/** Which finished jobs are kept. Both limits apply; an omitted limit means no limit. */
export interface KeepLimits {
  /** In milliseconds since the job finished. */
  readonly maxAge?: number;
  /** Per queue; the oldest jobs are removed first. */
  readonly maxCount?: number;
}

/** How long the jobs of a contract are kept after they have finished. */
export interface JobRetention {
  readonly completed: KeepLimits;
  readonly failed: KeepLimits;
  /** A cancelled job is kept no longer than a failed one. */
  readonly cancelled: Pick<KeepLimits, 'maxAge'>;
}

const DAY = 24 * 60 * 60 * 1_000;

/**
 * Completed jobs are kept for a day, at most the latest ten thousand; failed jobs until they are removed; cancelled
 * ones for a day.
 */
export const DEFAULT_RETENTION: JobRetention = {
  completed: { maxAge: DAY, maxCount: 10_000 },
  failed: {},
  cancelled: { maxAge: DAY },
};
