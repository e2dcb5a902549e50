import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves when the promise does, or when the time is over; what becomes of the promise then is
 * nobody's concern any more.
 *
 * @param time in milliseconds
 */
export async function settleWithin(time: number, promise: Promise<unknown>): Promise<void> {
  const timeout = new AbortController();
  const over = sleep(time, undefined, { signal: timeout.signal }).catch(() => undefined);
  promise.catch(() => undefined);
  try {
    await Promise.race([promise, over]);
  } finally {
    timeout.abort();
  }
}
