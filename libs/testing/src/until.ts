import { setTimeout as pause } from 'node:timers/promises';

/** A condition was not met in time. */
export class ConditionTimeoutError extends Error {
  constructor(what: string, timeout: number, options?: ErrorOptions) {
    super(`Waited ${timeout} ms for ${what}, in vain.`, options);
    this.name = 'ConditionTimeoutError';
  }
}

export interface UntilOptions {
  /** In milliseconds; by default 60 s, for a machine busy with other tests. */
  timeout?: number;
  /**
   * Between two polls, in milliseconds. By default 20 at first, and up to 100 later: what has not come after seconds is
   * waited for by other tests too, whose processor time the polls would take.
   */
  interval?: number;
  /** Completes "Waited … for"; by default the condition's own source text. */
  what?: string;
}

/**
 * Waits until `condition` returns a truthy value, and resolves to it. A condition that throws counts as not
 * yet met; the last error becomes the `cause` of the failure.
 *
 * @throws ConditionTimeoutError
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeout = 60_000, interval, what }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const start = Date.now();
  const deadline = start + timeout;
  let cause: unknown;
  for (;;) {
    try {
      const result = await condition();
      if (result) return result;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= deadline) {
      throw new ConditionTimeoutError(what ?? condition.toString(), timeout, { cause });
    }
    await pause(interval ?? intervalAfter(Date.now() - start));
  }
}

/** About a twentieth of the time that has been waited. */
function intervalAfter(waited: number): number {
  return Math.min(Math.max(waited / 20, 20), 100);
}
