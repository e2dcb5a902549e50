/**
 * What was found of a job that is to be cancelled, and what was done:
 *
 * - `claimed`: it did not run, and is active now, with the token of the call. It has to be failed with that.
 * - `running`: it is marked. The process that runs it is to end it.
 * - `scheduled`: it is marked. It is the next run of a schedule, and makes the one after it when it is due.
 */
export type MarkOutcome =
  | { readonly found: 'running' | 'scheduled' | 'completed' | 'missing' }
  /** With what it is to fail: of several marks, the first stays. */
  | { readonly found: 'claimed'; readonly failure: string }
  | { readonly found: 'failed'; readonly failure: string };

export interface Mark {
  readonly queue: string;
  readonly id: string;
  /** The failure that the job is to end with. */
  readonly failure: string;
  /** Of the lock, if the job is claimed. */
  readonly token: string;
  /** In milliseconds, of that lock. */
  readonly lockDuration: number;
}

/** A running job that is to be cancelled. */
export type MarkedJob = Pick<Mark, 'queue' | 'id' | 'failure'>;

/**
 * The mark of a job that is to be cancelled is BullMQ's own field for a job that is to fail without being run: the mark
 * is removed with the job, and each worker that fetches it later, also one of an older version, ends it. It is one
 * step of the store to mark a job and, if it does not run, to claim it.
 */
export interface CancelMarks {
  mark(mark: Mark): Promise<MarkOutcome>;
  /** Which of these running jobs, by queue, are marked. */
  marked(running: ReadonlyMap<string, readonly string[]>): Promise<MarkedJob[]>;
  /** The number of cancelled jobs that a queue keeps. */
  count(queue: string): Promise<number>;
  /** Removes cancelled jobs that ended in this time, in milliseconds since 1970. @returns how many */
  remove(queue: string, from: number, to: number): Promise<number>;
}
