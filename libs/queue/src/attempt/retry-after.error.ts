import { QueueError } from '../errors/queue.error';
import { LONGEST_DELAY } from '../limits/numbers';

export interface RetryAfterOptions extends ErrorOptions {
  /**
   * Holds back every job with the same key of the contract's `limit` until that time, not this one alone: what is over
   * its limit is the tenant, say, not the job. Without a key, or without a time, it means nothing.
   * @default false
   */
  wholeKey?: boolean;
}

/**
 * The attempt has failed, and the time of the next one is known. That time replaces the contract's backoff once.
 * The attempt counts; after the last one the job has failed permanently.
 *
 *     if (response.status === 429) {
 *       const after = RetryAfterError.fromHeader(response.headers.get('retry-after'));
 *       throw new RetryAfterError(after, 'The mail service is over its limit.');
 *     }
 *
 * To do: nothing; the job is retried at that time. If it runs out of attempts, allow more of them.
 *
 * @group Failed attempts
 */
export class RetryAfterError extends QueueError {
  readonly code: string = 'RETRY_AFTER';
  /** Whether it speaks for every job with the same key. */
  readonly wholeKey: boolean;

  constructor(
    /**
     * How long to wait, in milliseconds, or when to retry; a time in the past means at once, and more than a
     * hundred years a hundred. Undefined, NaN, Infinity or an invalid date: after the contract's backoff.
     */
    readonly retryAfter: number | Date | undefined,
    message = 'The job will be retried later.',
    options?: RetryAfterOptions,
  ) {
    super(message, options);
    this.wholeKey = options?.wholeKey ?? false;
  }

  /** In milliseconds from now; undefined if the contract's backoff decides. */
  get delay(): number | undefined {
    const { retryAfter } = this;
    const delay = retryAfter instanceof Date ? retryAfter.getTime() - Date.now() : retryAfter;
    if (!Number.isFinite(delay)) return undefined;
    return Math.min(LONGEST_DELAY, Math.max(0, Math.ceil(Number(delay))));
  }

  /**
   * What HTTP's `Retry-After` asks for: seconds, or a date (RFC 9110, 10.2.3). Undefined if the header is
   * missing or holds neither, so that the contract's backoff decides.
   */
  static fromHeader(header: string | null | undefined): number | Date | undefined {
    const text = header?.trim() ?? '';
    if (/^\d+$/.test(text)) return Number(text) * 1_000;
    const date = new Date(text);
    return Number.isNaN(date.getTime()) ? undefined : date;
  }
}
