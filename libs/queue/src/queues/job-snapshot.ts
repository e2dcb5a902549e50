import type { JobProgress, JobState as BullJobState } from 'bullmq';

/**
 * Where a job stands:
 *
 *     waiting ──▶ active ──▶ completed
 *        ▲          │ └────▶ failed        (attempts used up, or an error that forbids more)
 *        └─ delayed ◀┘                     (waits for its next attempt, or for its first)
 *
 * `waiting-children` is a parent in a flow of BullMQ.
 */
export type JobState =
  'waiting' | 'delayed' | 'active' | 'waiting-children' | 'completed' | 'failed';

/** What can be told about a job at one moment. Its data is left out: it may be nobody else's business. */
export interface JobSnapshot {
  readonly queue: string;
  readonly id: string;
  readonly state: JobState;
  /** What the processor reported last: a number or an object of its own; 0 before that. */
  readonly progress: JobProgress;
  /** Attempts that have ended, and how many there may be. */
  readonly attempts: { readonly made: number; readonly max: number };
  readonly enqueuedAt: Date;
  /** When the latest attempt began. */
  readonly startedAt: Date | undefined;
  /** When the job ended for good. */
  readonly finishedAt: Date | undefined;
  /** What the processor returned; set if the state is `completed` and the contract has a result. */
  readonly result: unknown;
  /** Why the latest attempt failed: set if the job has failed, or is to be tried again. */
  readonly failure: string | undefined;
}

/** Whether a job has ended for good. */
export function hasEnded({ state }: Pick<JobSnapshot, 'state'>): boolean {
  return state === 'completed' || state === 'failed';
}

/** A job with a priority waits like any other. */
export function readableState(state: BullJobState | 'unknown'): JobState | undefined {
  if (state === 'unknown') return undefined;
  return state === 'prioritized' ? 'waiting' : state;
}
