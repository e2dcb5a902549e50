import type { Job } from 'bullmq';
import { DEFAULT_HISTORY, describeAttempt } from '../attempt/failed-attempts';

/** What BullMQ calls on a job whose attempt has failed, before it stores the list with the failure. */
interface KeepsStacks {
  stacktrace: string[] | null;
  updateStacktrace: (error: Error) => void;
}

/**
 * Has a job note when each of its attempts failed, beside the stack that BullMQ notes.
 *
 * It is written with the failure itself, so neither is there without the other. An attempt that is
 * given back (a worker that stops) is none that failed, and is not noted.
 */
export function recordAttempts(job: Job): void {
  // The method is not public. Should it be renamed one day, BullMQ notes the stacks without the time.
  const keeper = job as unknown as KeepsStacks;
  const { attemptsMade, opts } = job;
  const limit = opts.stackTraceLimit ?? DEFAULT_HISTORY;
  keeper.updateStacktrace = (error) => {
    // On Redis a job that was redriven still has the list of before, on Postgres it has none.
    const earlier = attemptsMade === 0 ? [] : (keeper.stacktrace ?? []);
    const all = [...earlier, describeAttempt(attemptsMade + 1, error)];
    keeper.stacktrace = limit === 0 ? [] : all.slice(-limit);
  };
}
