import type { QueueCounts } from '../bullmq/queue-counts';

/** What a queue holds, and how it is set, at one moment. */
export interface QueueStatus {
  readonly queue: string;
  /** Jobs that a worker can take, or could if the queue were not paused. */
  readonly waiting: number;
  /** Delayed jobs whose time has come, retries among them. A worker makes them waiting jobs when it fetches one. */
  readonly due: number;
  /** Delayed jobs whose time has not come, retries among them. */
  readonly delayed: number;
  readonly running: number;
  /** Dead jobs: those that have failed permanently and are kept. */
  readonly failed: number;
  /** Jobs that were cancelled, and are kept. */
  readonly cancelled: number;
  /** Parents of a flow whose children have not finished. */
  readonly waitingForChildren: number;
  /**
   * Since when the job that waits longest could have run; undefined if none waits. In Redis it is computed for
   * retries, and a job below a hundred others that were added last in, first out, is not seen.
   */
  readonly oldestSince: Date | undefined;
  /**
   * The jobs that have finished in the last minute, without those that are not kept when they finish. Cancelled ones
   * count as failed.
   */
  readonly lastMinute: { readonly completed: number; readonly failed: number };
  /** Whether no worker starts its jobs. */
  readonly paused: boolean;
  /** When, and by what, it was paused; undefined if it is not, or if that was not noted. */
  readonly pausedAt: Date | undefined;
  readonly pausedBy: string | undefined;
  /** The most jobs that run at the same time in all processes together; undefined: no limit. */
  readonly concurrency: number | undefined;
}

/** @param cancelled how many of the failed jobs were cancelled */
export function queueStatus(counts: QueueCounts, cancelled: number): QueueStatus {
  const { queue, waiting, due, delayed, running, failed, waitingForChildren } = counts;
  const { oldest, completedLately, failedLately, paused, pauseNote, concurrency } = counts;
  return {
    queue,
    waiting,
    due,
    delayed,
    running,
    failed: Math.max(0, failed - cancelled),
    cancelled,
    waitingForChildren,
    oldestSince: oldest === undefined ? undefined : new Date(oldest),
    lastMinute: { completed: completedLately, failed: failedLately },
    paused,
    ...(paused ? parsePauseNote(pauseNote) : { pausedAt: undefined, pausedBy: undefined }),
    concurrency,
  };
}

/** Kept beside the pause itself. */
export function pauseNote(by: string | undefined, now = Date.now()): string {
  return JSON.stringify({ at: now, by });
}

function parsePauseNote(note = '{}'): Pick<QueueStatus, 'pausedAt' | 'pausedBy'> {
  try {
    const { at, by } = JSON.parse(note) as { at?: unknown; by?: unknown };
    return {
      pausedAt: typeof at === 'number' ? new Date(at) : undefined,
      pausedBy: typeof by === 'string' ? by : undefined,
    };
  } catch {
    return { pausedAt: undefined, pausedBy: undefined };
  }
}
