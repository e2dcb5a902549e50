/**
 * What became of a job that was to be cancelled:
 *
 * - `cancelled`: it has ended as cancelled, now or earlier.
 * - `cancelling`: it is going to. It still ran when the wait was over, or it is the next run of a schedule, which ends
 *   without being run when it is due.
 * - `completed`, `failed`: it has ended like that, before it could be cancelled.
 * - `removed`: it ran, and was removed when it ended (`removeOnComplete`, `removeOnFail`), so how it ended is unknown.
 * - `not-found`: there is no such job.
 */
export type CancelOutcome =
  'cancelled' | 'cancelling' | 'completed' | 'failed' | 'removed' | 'not-found';

/** Options of one cancel. */
export interface CancelOptions {
  /** Why; part of the job's failure. @default 'The job was cancelled.' */
  readonly reason?: string;
  /** How long to wait for the end of a job that runs, in milliseconds. @default 5000 */
  readonly wait?: number;
}
