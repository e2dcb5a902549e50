/** The states of jobs that another queue takes over. A job that waits for room in its key is `waiting`. */
export const MOVED_STATES = ['waiting', 'delayed', 'failed'] as const;

export type MovedState = (typeof MOVED_STATES)[number];

/**
 * Why a job stays in its queue:
 *
 * - `running`: a worker has it.
 * - `parent`, `child`: a flow refers to it by its queue.
 * - `scheduled`: a job scheduler of BullMQ refers to it, not one of this library.
 * - `taken`: the other queue has a job with its id, which the application has chosen.
 */
export type StayReason = 'running' | 'parent' | 'child' | 'scheduled' | 'taken';

/** Jobs that stay for one reason. */
export interface StayingJobs {
  readonly reason: StayReason;
  readonly count: number;
  /** Of some of them. */
  readonly ids: readonly string[];
}

/** What a move from one queue to another finds. Completed jobs are left out: they stay. */
export interface MoveSurvey {
  /** How many can be moved. */
  readonly movable: Readonly<Record<MovedState, number>>;
  readonly staying: readonly StayingJobs[];
}

/** How many ids are named for each reason. */
export const NAMED_IDS = 10;

/** Moves jobs between two queues of one store, in steps that happen as a whole or not at all. */
export interface JobMove {
  survey(): Promise<MoveSurvey>;
  /**
   * Moves what can be moved.
   *
   * @param onStep called after each step with the number of jobs that it moved
   */
  move(onStep: (state: MovedState, count: number) => void): Promise<void>;
}
