import { performance } from 'node:perf_hooks';
import type { Job } from 'bullmq';
import type { RunningJobs } from '../attempt/running-jobs';

/** The event loop of this process did nothing else for a while. */
export interface BlockedLoop {
  /** For how long, at least; in milliseconds. */
  readonly duration: number;
  /** The jobs that ran during it. One of them is the cause, if a job is. */
  readonly jobs: readonly Job[];
}

/** Times in milliseconds, since any moment. */
export interface LoopClock {
  now(): number;
  /** How long the event loop has run code, and not waited for something to do. */
  active(): number;
}

const LOOP_CLOCK: LoopClock = {
  now: () => performance.now(),
  active: () => performance.eventLoopUtilization().active,
};

/** In milliseconds: how often it looks, at most and at least. */
const PERIOD = { shortest: 10, longest: 250 };

/**
 * Finds out that a job has blocked the event loop: a timer comes late by as much.
 *
 * A process that was stopped (a laptop that sleeps, SIGSTOP) is late too, but its loop was waiting.
 * Does not keep the process alive.
 */
export class BlockedLoopWatch {
  private readonly period: number;
  private timer: NodeJS.Timeout | undefined;
  private last = { now: 0, active: 0 };
  /** Those that have ended since the timer was due. */
  private late: Job[] = [];

  constructor(
    /** What is blocked for as long, in milliseconds, is reported. */
    private readonly threshold: number,
    private readonly processors: readonly RunningJobs[],
    private readonly report: (blocked: BlockedLoop) => void,
    private readonly clock: LoopClock = LOOP_CLOCK,
  ) {
    this.period = Math.min(Math.max(threshold / 4, PERIOD.shortest), PERIOD.longest);
  }

  start(): void {
    for (const running of this.processors) {
      // The loop was free before the timer was due: what had ended by then has not blocked it. Nor is it
      // kept, since a worker that is fast would have its garbage collector carry thousands of jobs.
      running.onEnded = (job) => {
        if (this.clock.now() >= this.due) this.late.push(job);
      };
    }
    this.last = this.measure();
    this.timer = setInterval(() => {
      this.look();
    }, this.period).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    for (const running of this.processors) running.onEnded = undefined;
  }

  private look(): void {
    const { last, late, due } = this;
    this.last = this.measure();
    this.late = [];

    const duration = Math.min(this.last.now - due, this.last.active - last.active);
    if (duration < this.threshold) return;
    const jobs = [...this.processors.flatMap((running) => running.jobs), ...late];
    if (jobs.length > 0) this.report({ duration, jobs });
  }

  /** When the timer is to fire. */
  private get due(): number {
    return this.last.now + this.period;
  }

  private measure(): { now: number; active: number } {
    return { now: this.clock.now(), active: this.clock.active() };
  }
}
