import type { JobProgress, JobState as BullJobState } from 'bullmq';

/**
 * The states of a job:
 *
 *     waiting ──▶ active ──▶ completed
 *        ▲          │ └────▶ failed        (attempts used up, or an error that forbids more)
 *        └─ delayed ◀┘                     (waits for its next attempt, or for its first)
 *
 * `cancelled` is the end of a job that was cancelled, in whatever state it was.
 * `waiting-children` is a job whose children are open.
 */
export type JobState =
  'waiting' | 'delayed' | 'active' | 'waiting-children' | 'completed' | 'failed' | 'cancelled';

/** How many children a job was added with, and how many of them have ended. */
export interface ChildCounts {
  readonly total: number;
  /** Waiting, delayed or running: the job waits for them. */
  readonly open: number;
  readonly completed: number;
  /** Failed permanently, cancelled, or removed before they had ended; whatever the contract says of that. */
  readonly failed: number;
}

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
  /** When the job completed, failed permanently or was cancelled. */
  readonly finishedAt: Date | undefined;
  /** The result; set if the state is `completed` and the contract has a result. */
  readonly result: unknown;
  /** Why the latest attempt failed, or why the job was cancelled; set if it has failed, was cancelled or is retried. */
  readonly failure: string | undefined;
  /** Its children; undefined if it was added without any. */
  readonly children: ChildCounts | undefined;
  /** The job that it is a child of. */
  readonly parent: { readonly queue: string; readonly id: string } | undefined;
}

/** Whether a job has completed, failed permanently or been cancelled. */
export function hasEnded({ state }: Pick<JobSnapshot, 'state'>): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}

/** Maps BullMQ's `prioritized` to `waiting`. */
export function readableState(state: BullJobState | 'unknown'): JobState | undefined {
  if (state === 'unknown') return undefined;
  return state === 'prioritized' ? 'waiting' : state;
}
