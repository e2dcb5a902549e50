import type { JobProgress, JobState as BullJobState } from 'bullmq';

/**
 * The states of a job:
 *
 *     waiting ──▶ active ──▶ completed
 *        ▲          │ └────▶ failed        (attempts used up, or an error that forbids more)
 *        └─ delayed ◀┘                     (waits for its next attempt, or for its first)
 *
 * `waiting-children` is a parent in a flow of BullMQ.
 */
export type JobState =
  'waiting' | 'delayed' | 'active' | 'waiting-children' | 'completed' | 'failed';

/** A job's status at one moment. The data is omitted, because it may be confidential. */
export interface JobSnapshot {
  readonly queue: string;
  readonly id: string;
  readonly state: JobState;
  /** The latest progress reported: a number or an object; 0 before that. */
  readonly progress: JobProgress;
  /** Attempts made, and the maximum. */
  readonly attempts: { readonly made: number; readonly max: number };
  readonly enqueuedAt: Date;
  /** When the latest attempt began. */
  readonly startedAt: Date | undefined;
  /** When the job completed or failed permanently. */
  readonly finishedAt: Date | undefined;
  /** The result; set if the state is `completed` and the contract has a result. */
  readonly result: unknown;
  /** Why the latest attempt failed; set if the job has failed or waits for a retry. */
  readonly failure: string | undefined;
}

/** Whether a job has completed or failed permanently. */
export function hasEnded({ state }: Pick<JobSnapshot, 'state'>): boolean {
  return state === 'completed' || state === 'failed';
}

/** Maps BullMQ's `prioritized` to `waiting`. */
export function readableState(state: BullJobState | 'unknown'): JobState | undefined {
  if (state === 'unknown') return undefined;
  return state === 'prioritized' ? 'waiting' : state;
}
