import type { EndTimes, RoundLook } from '../bullmq/postgres/queue-looks';
import type { JobContract } from '../contract/job-contract';

/** The part of their age by which cancelled jobs are kept longer, so that not each of them needs a pass of its own. */
const LATE = 1 / 10;

interface Pass {
  readonly at: number;
  readonly completed: number | undefined;
  readonly failed: number | undefined;
}

/** Whether a queue can have ended jobs that its contract does not keep, so that an idle queue costs no statement. */
export class CleaningDue {
  private readonly passes = new Map<string, Pass>();

  /** @param now in milliseconds since 1970 */
  isDue({ keep }: Pick<JobContract, 'keep'>, look: RoundLook, now = Date.now()): boolean {
    const { completed, failed } = look;
    if (completed === undefined && failed === undefined) return false;
    const last = this.passes.get(look.queue);
    if (last === undefined) return true;
    if (completed?.last !== last.completed || failed?.last !== last.failed) return true;
    if (isOld(completed, keep.completed.maxAge, now)) return true;
    if (isOld(failed, keep.failed.maxAge, now)) return true;
    // Which of those that have failed were cancelled, is not looked at.
    const { maxAge } = keep.cancelled;
    if (maxAge === undefined || failed === undefined) return false;
    return failed.last + maxAge > last.at && now - last.at > maxAge * LATE;
  }

  /** Call it after a pass that began with this look. */
  onCleaned({ queue, completed, failed }: RoundLook, now = Date.now()): void {
    this.passes.set(queue, { at: now, completed: completed?.last, failed: failed?.last });
  }
}

function isOld(times: EndTimes | undefined, maxAge: number | undefined, now: number): boolean {
  return times !== undefined && maxAge !== undefined && times.first + maxAge < now;
}
