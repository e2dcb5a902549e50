const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * In milliseconds. One Ctrl-C may arrive twice: from the terminal, which sends it to all its processes, and
 * from npm, which forwards it. A signal this soon after the first is not a second request.
 */
const ECHO = 700;

/** A request to stop, from the user or a program. The second one means: at once. */
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
