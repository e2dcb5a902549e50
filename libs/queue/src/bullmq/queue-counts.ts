/** What a queue holds at one moment. Times are in milliseconds since 1970. */
export interface QueueCounts {
  readonly queue: string;
  /** Jobs that can be fetched, or could be if the queue were not paused, or their key had room. */
  readonly waiting: number;
  /** Of the waiting ones, those that a worker has looked at and whose key had no room. */
  readonly parked: number;
  /** Delayed jobs whose time has come, retries among them, before a worker notices. */
  readonly due: number;
  /** Delayed jobs whose time has not come, retries among them. */
  readonly delayed: number;
  readonly running: number;
  readonly failed: number;
  readonly waitingForChildren: number;
  /** Since when the job that waits longest, a due one included, could have run. */
  readonly oldest: number | undefined;
  /** Jobs that have completed in the last minute and are kept. */
  readonly completedLately: number;
  /** Jobs that have failed permanently in the last minute and are kept. */
  readonly failedLately: number;
  readonly paused: boolean;
  /** What was noted when it was paused. */
  readonly pauseNote: string | undefined;
  /** The most jobs that run at the same time in all processes. */
  readonly concurrency: number | undefined;
}

/** A field of the queue's metadata that BullMQ leaves alone. */
export const PAUSE_NOTE = 'pauseNote';

/** In milliseconds. */
export const LATELY = 60_000;

/** Jobs that a drain removes: waiting ones, delayed ones whose time has come, and other delayed ones. */
export type DrainedState = 'waiting' | 'due' | 'delayed';
