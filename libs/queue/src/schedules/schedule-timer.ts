import { startTimer } from '../timing/timer';

/** In milliseconds: the pause after a failed pass. */
const RETRY = 1_000;

/** In milliseconds. Then the clock is read again: it may have been set, and the process may have been asleep. */
const LONGEST = 15_000;

export interface TimedWork {
  /** @returns when to do it again, in milliseconds since 1970; undefined if never */
  tick(): Promise<number | undefined>;
  onError(error: unknown): void;
}

/** Does work at the times that it asks for, and when it is woken; never twice at once. */
export class ScheduleTimer {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isRungAgain = false;
  private isStopped = false;

  constructor(private readonly work: TimedWork) {}

  /** Does the work now, and again if it is being done. */
  wake(): void {
    if (this.isStopped) return;
    clearTimeout(this.timer);
    if (this.running === undefined) this.running = this.run();
    else this.isRungAgain = true;
  }

  /** @returns a promise that resolves when nothing is being done any more */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    let next: number | undefined;
    let isAgain: boolean;
    do {
      this.isRungAgain = false;
      try {
        next = await this.work.tick();
      } catch (error) {
        if (!this.isStopped) this.work.onError(error);
        next = Date.now() + RETRY;
      }
      isAgain = this.wasRung();
    } while (isAgain);
    this.running = undefined;
    if (this.isStopped || next === undefined) return;
    const delay = Math.min(LONGEST, Math.max(0, next - Date.now()));
    this.timer = startTimer(delay, () => {
      this.wake();
    }).unref();
  }

  private wasRung(): boolean {
    return this.isRungAgain && !this.isStopped;
  }
}
