import { setTimeout as sleep } from 'node:timers/promises';
import { QueueFullError } from '../connection/queue-refusing.errors';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { unlessAborted } from '../timing/on-abort';
import { rejectAfter } from '../timing/reject-after';
import type { QueueStore } from './queue-store';

const DEFAULT_TIMEOUT = 30_000;

/** In milliseconds: the least that an attempt may take, however short the limit is. */
const ATTEMPT = 5_000;

/** In milliseconds, between two attempts. */
const PAUSE = 500;

/** The limits of a wait for a store. */
export interface ReachOptions {
  /**
   * In milliseconds, for all attempts together.
   * @default 30000
   */
  readonly timeout?: number | undefined;
  /** Ends the wait with its reason: the process is told to stop. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a store answers, since it may start at the same time as this process.
 *
 * Closes the store if it cannot be used.
 *
 * @throws QueueUnreachableError if it did not answer in time. Any other error of `check` is thrown at once,
 * because waiting does not create tables or correct a password.
 */
export async function reachStore<Store extends Pick<QueueStore, 'check' | 'close' | 'location'>>(
  store: Store,
  options?: ReachOptions,
): Promise<Store> {
  try {
    await untilReached(store.location, () => store.check().catch(tolerateFull), options);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What starts may make room, and readiness says that nothing can be added. */
function tolerateFull(error: unknown): void {
  if (!(error instanceof QueueFullError)) throw error;
}

/**
 * Retries an operation on a store until the store answers, since a connection may be lost between two of
 * its steps. An attempt that does not end is given up at the limit.
 *
 * @param location of the store, for messages
 * @throws QueueUnreachableError with the last reason if it did not answer in time. Any other error is thrown at once.
 */
export async function untilReached<Result>(
  location: string,
  attempt: () => Promise<Result>,
  { timeout = DEFAULT_TIMEOUT, signal }: ReachOptions = {},
): Promise<Result> {
  const deadline = performance.now() + timeout;
  let last: QueueUnreachableError | undefined;
  const unanswered = (): Error =>
    last ??
    new QueueUnreachableError(location, new Error('it accepts connections and does not answer'));
  for (;;) {
    signal?.throwIfAborted();
    try {
      const rest = Math.max(deadline - performance.now(), ATTEMPT);
      return await rejectAfter(rest, unlessAborted(signal, attempt(), asError), unanswered);
    } catch (error) {
      if (!(error instanceof QueueUnreachableError)) throw error;
      if (performance.now() + PAUSE > deadline) throw error;
      last = error;
    }
    await sleep(PAUSE, undefined, { signal }).catch(() => undefined);
  }
}

/** The reason itself, so that its receiver recognises it. */
function asError(reason: unknown): Error {
  return reason as Error;
}
