import { AsyncLocalStorage } from 'node:async_hooks';

/** Identifies one attempt of a job to the code that it runs. It outlives the attempt, so it does not hold the job. */
export interface AttemptMark {
  readonly queue: string;
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** `held`: it waits until its handler may begin. */
  state: 'held' | 'running' | 'ended';
}

const scope = new AsyncLocalStorage<AttemptMark>();

/**
 * Runs the code of an attempt. {@link currentAttempt} is its mark in everything that this code starts: timers,
 * events of its sockets and streams, promises, also after the attempt has ended.
 */
export function inAttempt<Result>(mark: AttemptMark, work: () => Result): Result {
  return scope.run(mark, work);
}

/** Runs code that belongs to no attempt, or to several: {@link currentAttempt} is undefined in it. */
export function outsideAttempts<Result>(work: () => Result): Result {
  return scope.exit(work);
}

/** The attempt whose code runs now, or has started what runs now; undefined if there is none. */
export function currentAttempt(): AttemptMark | undefined {
  return scope.getStore();
}
