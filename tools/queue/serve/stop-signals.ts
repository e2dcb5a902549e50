const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Waits for a person or a program to ask this process to stop.
 *
 * A second request is the same signal again. A different one is not: on Ctrl-C the terminal sends
 * SIGINT to all its processes, and Nx then sends SIGTERM to those it started.
 */
export class StopSignals {
  readonly first: Promise<void>;
  private readonly received = new Set<NodeJS.Signals>();
  private secondRequest: (() => void) | undefined;

  constructor() {
    this.first = new Promise((resolve) => {
      for (const signal of SIGNALS) {
        process.on(signal, () => {
          if (this.received.has(signal)) this.secondRequest?.();
          this.received.add(signal);
          resolve();
        });
      }
    });
  }

  onSecond(callback: () => void): void {
    this.secondRequest = callback;
  }
}
