/** Which jobs that have ended can still be looked up. Both limits hold; without one, there is none. */
export interface KeepLimits {
  /** In milliseconds since the job ended. */
  readonly maxAge?: number;
  /** The most jobs of one queue; the oldest make room. */
  readonly maxCount?: number;
}

/** How long the jobs of a contract are kept after they have ended. */
export interface JobRetention {
  readonly completed: KeepLimits;
  readonly failed: KeepLimits;
}

/** A completed job is kept for a day, among the latest ten thousand; a failed one until someone removes it. */
export const DEFAULT_RETENTION: JobRetention = {
  completed: { maxAge: 24 * 60 * 60 * 1_000, maxCount: 10_000 },
  failed: {},
};
