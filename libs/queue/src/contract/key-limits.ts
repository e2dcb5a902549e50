import type { JobContract } from './job-contract';
import type { KeyRate } from './job-limit';

/** The option of a job, beside BullMQ's own, that holds the key of its contract's `limit`. */
export const LIMIT_KEY = 'limitKey';

/** The limits that a worker applies to each key; undefined: no limit of that kind. */
export interface KeyLimits {
  readonly concurrency?: number;
  readonly rate?: KeyRate;
}

/** What BullMQ's worker passes on to the backend, beside its own options. */
export interface WithKeyLimits {
  keyLimits?: KeyLimits;
}

/** What a worker and its backend offer for a `RetryAfterError` of a whole key. */
export interface KeyPauses {
  /** Starts no job of the key for this time, in milliseconds, in any worker. */
  pauseKey(key: string, delay: number): Promise<void>;
}

/** The limits of a contract's worker. */
export function keyLimitsOf({ limit }: Pick<JobContract, 'limit'>): KeyLimits | undefined {
  return limit && { concurrency: limit.concurrency, rate: limit.rate };
}

/** The key of a job; undefined if it has no limit. */
export function limitKeyOf(opts: object | undefined): string | undefined {
  const key: unknown = (opts as { readonly [LIMIT_KEY]?: unknown } | undefined)?.[LIMIT_KEY];
  return typeof key === 'string' && key !== '' ? key : undefined;
}
