import type { RateLimiterOptions } from 'bullmq';
import { type KeyLimits, limitKeyOf } from '../contract/key-limits';
import type { MemoryJob } from './memory-job';

/** What a worker applies to the jobs of its queue. */
export interface WorkerLimits {
  readonly limiter?: RateLimiterOptions;
  readonly keyLimits?: KeyLimits;
}

/** When jobs of one queue may start: its `limiter`, and the limits of each key. */
export class Rates {
  /** In milliseconds since 1970: no job starts before. */
  private queueUntil = 0;
  private window = { endsAt: 0, starts: 0 };
  private readonly keyUntil = new Map<string, number>();
  private readonly keyStarts = new Map<string, number[]>();

  /** Starts none for this time, in milliseconds. */
  pause(time: number, now: number): void {
    this.queueUntil = now + time;
  }

  pauseKey(key: string, time: number, now: number): void {
    this.keyUntil.set(key, now + time);
  }

  resume(): void {
    this.queueUntil = 0;
  }

  note(job: MemoryJob, { limiter }: WorkerLimits, now: number): void {
    if (limiter !== undefined) {
      if (this.window.endsAt <= now) this.window = { endsAt: now + limiter.duration, starts: 0 };
      this.window.starts += 1;
    }
    const key = limitKeyOf(job.opts);
    if (key !== undefined) this.keyStarts.set(key, [...(this.keyStarts.get(key) ?? []), now]);
  }

  clear(): void {
    this.queueUntil = 0;
    this.window = { endsAt: 0, starts: 0 };
    this.keyUntil.clear();
    this.keyStarts.clear();
  }

  /**
   * When a job may start, in milliseconds since 1970; it may be in the past. `Infinity`: when another one of its key ends.
   *
   * @param active the jobs of its queue that run
   */
  startOf(
    job: MemoryJob,
    { limiter, keyLimits }: WorkerLimits,
    active: readonly MemoryJob[],
  ): number {
    const isFull = limiter !== undefined && this.window.starts >= limiter.max;
    const ofQueue = Math.max(this.queueUntil, isFull ? this.window.endsAt : 0);
    const key = limitKeyOf(job.opts);
    if (key === undefined || keyLimits === undefined) return ofQueue;
    const { concurrency = Infinity, rate } = keyLimits;
    if (active.filter(({ opts }) => limitKeyOf(opts) === key).length >= concurrency) {
      return Infinity;
    }
    const first = rate && (this.keyStarts.get(key) ?? []).at(-rate.max);
    const ofRate = rate === undefined || first === undefined ? 0 : first + rate.per;
    return Math.max(ofQueue, ofRate, this.keyUntil.get(key) ?? 0);
  }
}
