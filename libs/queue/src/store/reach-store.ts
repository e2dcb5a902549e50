import { setTimeout as sleep } from 'node:timers/promises';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import type { QueueStore } from './queue-store';

const DEFAULT_TIMEOUT = 30_000;

/** In milliseconds, between two attempts. */
const PAUSE = 500;

/**
 * Waits until a store answers, since it may start at the same time as this process.
 *
 * Closes the store if it cannot be used.
 *
 * @param timeout in milliseconds
 * @throws QueueUnreachableError if it did not answer in time. Any other error of `check` is thrown at once,
 * because waiting does not create tables or correct a password.
 */
export async function reachStore<Store extends Pick<QueueStore, 'check' | 'close'>>(
  store: Store,
  timeout?: number,
): Promise<Store> {
  try {
    await untilReached(() => store.check(), timeout);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Retries an operation on a store until the store answers, since a connection may be lost between two of
 * its steps.
 *
 * @param timeout in milliseconds
 * @throws QueueUnreachableError if it did not answer in time. Any other error is thrown at once.
 */
export async function untilReached<Result>(
  attempt: () => Promise<Result>,
  timeout = DEFAULT_TIMEOUT,
): Promise<Result> {
  const deadline = Date.now() + timeout;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof QueueUnreachableError) || Date.now() + PAUSE > deadline) throw error;
    }
    await sleep(PAUSE);
  }
}
