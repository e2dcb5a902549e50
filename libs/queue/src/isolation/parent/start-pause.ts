import { setTimeout as sleep } from 'node:timers/promises';

/** In milliseconds: the pause after the first failed start, doubled after each further one, and its limit. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/**
 * Delays starts after a failure, so that an unreachable database does not fail one job after the other: one
 * attempt at a time, each after a longer pause.
 */
export class StartPause {
  /** The error of the last start; undefined if it succeeded. */
  lastError: unknown;
  private failures = 0;
  private trying: Promise<unknown> | undefined;

  /** Runs a start at once, or when its turn comes. */
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
