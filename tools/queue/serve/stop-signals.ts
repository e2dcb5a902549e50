const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What comes so soon after the first request, in milliseconds, is the same request, passed on by npm. */
const ECHO = 700;

/**
 * Waits for a person or a program to ask this process to stop.
 *
 * A second request is the same signal again. A different one is not: on Ctrl-C the terminal sends
 * SIGINT to all its processes, and Nx then sends SIGTERM to those it started.
 */
export class StopSignals {
  readonly first: Promise<void>;
  private readonly received = new Map<NodeJS.Signals, number>();
  private secondRequest: (() => void) | undefined;

  constructor() {
    this.first = new Promise((resolve) => {
      for (const signal of SIGNALS) {
        process.on(signal, () => {
          const before = this.received.get(signal);
          if (before !== undefined && Date.now() - before > ECHO) this.secondRequest?.();
          this.received.set(signal, before ?? Date.now());
          resolve();
        });
      }
    });
  }

  get isRequested(): boolean {
    return this.received.size > 0;
  }

  onSecond(callback: () => void): void {
    this.secondRequest = callback;
  }
}
