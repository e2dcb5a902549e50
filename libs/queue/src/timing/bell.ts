import { startTimer } from './timer';

/**
 * Wakes those who wait for something, at the latest after a time. It counts how often it was rung, so
 * that a ring is not missed that comes before the wait for it:
 *
 *     const heard = bell.rings;
 *     await check();
 *     await bell.after(heard, 5_000); // at once, if it was rung during check()
 */
export class Bell {
  private count = 0;
  private readonly waiting = new Set<(wasRung: boolean) => void>();

  /** How often it was rung so far. */
  get rings(): number {
    return this.count;
  }

  /** Wakes all who wait. */
  readonly ring = (): void => {
    this.count += 1;
    for (const wake of this.waiting) wake(true);
  };

  /**
   * Resolves once it was rung more often than `rings`, at the latest after a time.
   *
   * @param time in milliseconds
   * @returns whether it was rung
   */
  async after(rings: number, time: number): Promise<boolean> {
    if (this.count > rings) return true;
    let timer: NodeJS.Timeout | undefined;
    let wake: ((wasRung: boolean) => void) | undefined;
    const wasRung = await new Promise<boolean>((resolve) => {
      wake = resolve;
      this.waiting.add(resolve);
      timer = startTimer(time, () => {
        resolve(false);
      });
    });
    clearTimeout(timer);
    if (wake !== undefined) this.waiting.delete(wake);
    return wasRung;
  }
}
