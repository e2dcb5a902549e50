import type { WatchedQueue } from './queue-looks';

/** A worker that waits for a job. Times are in milliseconds since 1970. */
export interface JobWaiter {
  readonly watched: WatchedQueue;
  readonly isEager: () => boolean;
  /** When the next job is due. */
  due: number;
  /** Not before this time because a job is due. */
  readonly notBefore: number;
  /** When it is woken in any case. */
  latest: number;
  /** Runs while a job is left to others. */
  turn: NodeJS.Timeout | undefined;
  readonly wake: (hasJob: boolean) => void;
}

/** The workers of a process that wait, by queue. All lists are copies: who is woken leaves. */
export class JobWaiters {
  private readonly byQueue = new Map<string, Set<JobWaiter>>();

  /** @returns what takes the waiter out again */
  add(waiter: JobWaiter): () => void {
    const { queue } = waiter.watched;
    const known = this.byQueue.get(queue) ?? new Set();
    this.byQueue.set(queue, known.add(waiter));
    return () => known.delete(waiter);
  }

  of(queue: string): JobWaiter[] {
    return [...(this.byQueue.get(queue) ?? [])];
  }

  all(): JobWaiter[] {
    return [...this.byQueue.values()].flatMap((waiters) => [...waiters]);
  }

  wakeAll(): void {
    for (const { wake } of this.all()) wake(false);
  }

  /** When the first of them is to be woken; Infinity: none. */
  nextTime(): number {
    return Math.min(...this.all().map(({ due, latest }) => Math.min(due, latest)));
  }
}
