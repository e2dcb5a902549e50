const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * One Ctrl-C may arrive twice: from the terminal, which sends it to all its processes, and from
 * npm, which passes it on. What comes so soon after the first is no second request; in milliseconds.
 */
const ECHO = 700;

/** A person's, or a program's, request to stop, and the second one: at once. */
export class Interrupts {
  readonly first: Promise<void>;
  private firstAt: number | undefined;
  private resolveFirst: () => void = () => undefined;
  private secondRequest: (() => void) | undefined;
  private readonly onSignal = (): void => {
    this.request();
  };

  constructor() {
    this.first = new Promise((resolve) => {
      this.resolveFirst = resolve;
    });
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
  }

  isRequested(): boolean {
    return this.firstAt !== undefined;
  }

  request(): void {
    if (this.firstAt === undefined) {
      this.firstAt = Date.now();
      this.resolveFirst();
    } else if (Date.now() - this.firstAt > ECHO) {
      this.secondRequest?.();
    }
  }

  onSecond(callback: () => void): void {
    this.secondRequest = callback;
  }

  dispose(): void {
    for (const signal of SIGNALS) process.off(signal, this.onSignal);
  }
}
