/** In milliseconds: the unit of a history. */
export const MINUTE = 60_000;

/** How many of the latest completed jobs durations are taken of. */
export const RECENT = 100;

/** What has finished in a queue, as far as it is kept. */
export interface RunHistory {
  readonly queue: string;
  /** The jobs that finished in each minute; minutes without one are left out. */
  readonly minutes: readonly FinishedInMinute[];
  /** In milliseconds, of the latest attempts of the latest completed jobs. */
  readonly durations: readonly number[];
}

export interface FinishedInMinute {
  /** The time at which it began, in milliseconds since 1970. */
  readonly at: number;
  readonly completed: number;
  /** Those that failed permanently, or were cancelled. */
  readonly failed: number;
}
