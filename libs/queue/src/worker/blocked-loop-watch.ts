import { performance } from 'node:perf_hooks';
import type { Job } from 'bullmq';
import type { RunningJobs } from '../attempt/running-jobs';

/** The event loop of this process was blocked. */
export interface BlockedLoop {
  /** A lower bound, in milliseconds. */
  readonly duration: number;
  /** The jobs that ran during the block. If a job caused it, it is one of these. */
  readonly jobs: readonly Job[];
}

/** Times in milliseconds, from an arbitrary start. */
export interface LoopClock {
  now(): number;
  /** How long the event loop has run code instead of waiting. */
  active(): number;
}

const LOOP_CLOCK: LoopClock = {
  now: () => performance.now(),
  active: () => performance.eventLoopUtilization().active,
};

/** In milliseconds: the shortest and the longest interval between polls. */
const PERIOD = { shortest: 10, longest: 250 };

/**
 * Detects that a job has blocked the event loop: a timer fires late by the length of the block.
 *
 * The timer of a suspended process (a sleeping laptop, SIGSTOP) is late too, but its loop was waiting. Does
 * not keep the process alive.
 */
export class BlockedLoopWatch {
  private readonly period: number;
  private timer: NodeJS.Timeout | undefined;
  private last = { now: 0, active: 0 };
  /** The jobs that ended after the timer was due. */
  private late: Job[] = [];

  constructor(
    /** In milliseconds: blocks of this length or longer are reported. */
    private readonly threshold: number,
    private readonly processors: readonly RunningJobs[],
    private readonly report: (blocked: BlockedLoop) => void,
    private readonly clock: LoopClock = LOOP_CLOCK,
  ) {
    this.period = Math.min(Math.max(threshold / 4, PERIOD.shortest), PERIOD.longest);
  }

  start(): void {
    for (const running of this.processors) {
      // The loop was free before the timer was due, so jobs that ended by then did not block it. They are
      // not kept either: with a fast worker, the garbage collector would carry thousands of jobs.
      running.onEnded = (job) => {
        if (this.clock.now() >= this.due) this.late.push(job);
      };
    }
    this.last = this.measure();
    this.timer = setInterval(() => {
      this.poll();
    }, this.period).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    for (const running of this.processors) running.onEnded = undefined;
  }

  private poll(): void {
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
