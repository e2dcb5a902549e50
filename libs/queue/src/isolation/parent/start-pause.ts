import { setTimeout as sleep } from 'node:timers/promises';

/** In milliseconds: after the first failed start, and at most. Doubled each time. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/**
 * Holds back what cannot be started, so that a database that is away does not fail one job after the
 * other: after a failure there is one try at a time, each after a longer pause.
 */
export class StartPause {
  /** What the last start has failed with; undefined after one that has not. */
  lastError: unknown;
  private failures = 0;
  private trying: Promise<unknown> | undefined;

  /** Starts something, at once or when it is its turn. */
  async whenAllowed<Started>(start: () => Promise<Started>): Promise<Started> {
    while (this.failures > 0 && this.trying !== undefined) {
      await this.trying.catch(() => undefined);
    }
    if (this.failures === 0) return this.attempt(start);
    const pause = Math.min(FIRST_PAUSE * 2 ** (this.failures - 1), LONGEST_PAUSE);
    const trying = sleep(pause, undefined, { ref: false }).then(() => this.attempt(start));
    this.trying = trying;
    try {
      return await trying;
    } finally {
      this.trying = undefined;
    }
  }

  private async attempt<Started>(start: () => Promise<Started>): Promise<Started> {
    try {
      const started = await start();
      this.failures = 0;
      this.lastError = undefined;
      return started;
    } catch (error) {
      this.failures++;
      this.lastError = error;
      throw error;
    }
  }
}
