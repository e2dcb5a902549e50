import { setTimeout as pause } from 'node:timers/promises';

/** What was waited for did not happen in time. */
export class ConditionTimeoutError extends Error {
  constructor(what: string, timeout: number, options?: ErrorOptions) {
    super(`Waited ${timeout} ms for ${what}, in vain.`, options);
    this.name = 'ConditionTimeoutError';
  }
}

export interface UntilOptions {
  /** In milliseconds; 60 s unless told, for a machine that is busy with other tests. */
  timeout?: number;
  /** Between two looks, in milliseconds; 20 unless told. */
  interval?: number;
  /** Completes "Waited … for"; by default the condition's own source text. */
  what?: string;
}

/**
 * Waits until `condition` gives something truthy, and resolves to that. A condition that throws
 * counts as not yet met; the last error is the `cause` of the failure.
 *
 * @throws ConditionTimeoutError
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeout = 60_000, interval = 20, what }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeout;
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
    await pause(interval);
  }
}
