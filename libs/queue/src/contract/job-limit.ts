/** How many jobs with the same key may run, across all workers. */
export interface JobLimit<Data = unknown> {
  /**
   * Computes the key from the data as the processor receives it, such as a tenant's id. A job whose key is
   * `undefined` or an empty string has no limit.
   *
   * A method, not a property, so that every contract is assignable to `JobContract`.
   */
  by(data: Data): string | undefined;
  /** The maximum number of jobs of one key that are fetched or about to be. By default there is none. */
  readonly concurrency?: number;
  /** The maximum number of attempts of one key that start within a time. By default there is none. */
  readonly rate?: KeyRate;
}

export interface KeyRate {
  /** At most this many starts within `per`, counted over every window of that length. */
  readonly max: number;
  /** In milliseconds. */
  readonly per: number;
}

/** A {@link JobLimit} as it is written in a contract. */
export interface JobLimitInput<Data = unknown> extends Omit<JobLimit<Data>, 'rate' | 'by'> {
  by(data: Data): string | undefined;
  /** The time is in milliseconds, or written such as `10s`, `1m`, `2h` or `1d`. */
  readonly rate?: { readonly max: number; readonly per: number | string };
}
