import { performance } from 'node:perf_hooks';
import { Histogram, type Registry } from 'prom-client';

/** In milliseconds. */
const PERIOD = 50;

/** In seconds. */
const BUCKETS = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * How late a timer fires that is due every 50 ms. A histogram that is never reset, unlike `monitorEventLoopDelay`:
 * several scrapers see the same, and one block is one observation that no percentile of thousands hides.
 */
export class LoopDelay {
  private readonly delays: Histogram;
  private timer: NodeJS.Timeout | undefined;
  private due = 0;

  constructor(register: Registry) {
    this.delays = new Histogram({
      name: 'nodejs_eventloop_delay_seconds',
      help: 'How late a timer fired that is due every 50 ms. Its sum is how long the event loop was blocked or busy.',
      buckets: BUCKETS,
      registers: [register],
    });
  }

  /** Does not keep the process alive. */
  start(): void {
    this.due = performance.now() + PERIOD;
    this.timer ??= setInterval(() => {
      const now = performance.now();
      this.delays.observe(Math.max(0, now - this.due) / 1_000);
      this.due = now + PERIOD;
    }, PERIOD).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
