import type { EventArrivals } from './event-arrivals';

/** In milliseconds: the longest time between two fetches while jobs are held back. */
const PAUSE = 1_000;

/**
 * Slows a worker on Postgres down while jobs wait that it must not take, because as many as the queue allows run in
 * all processes. BullMQ's wait for a job ends at once then (seen with 6.7: 1,200 statements a second of each worker).
 *
 *     fetch: nothing ──▶ wait ── notified, or over ──▶ fetch
 *                         └── at once, since a job waits ──▶ fetch: nothing ──▶ pause ──▶ fetch
 *
 * A notification ends the pause too: of a new job, or of a higher limit.
 */
export class HeldBackJobs {
  /** Whether the wait for a job has ended because one waits, without a notification. */
  private wasPromised = false;
  private areHeldBack = false;

  constructor(private readonly arrivals: EventArrivals) {}

  /** @param found whether a worker got a job */
  fetched(found: boolean): void {
    this.areHeldBack = this.wasPromised && !found;
    this.wasPromised = false;
  }

  /**
   * Waits for a job, or instead of that for a while.
   *
   * @param timeout in seconds
   * @param wait resolves to null if none has come
   */
  async wait<Found>(timeout: number, wait: () => Promise<Found | null>): Promise<Found | null> {
    const seen = await this.arrivals.seen();
    if (this.areHeldBack) {
      this.areHeldBack = false;
      await this.arrivals.after(seen, Math.min(timeout * 1_000, PAUSE * (0.5 + Math.random() / 2)));
      return null;
    }
    const found = await wait();
    this.wasPromised = found !== null && (await this.arrivals.seen()) === seen;
    return found;
  }
}
