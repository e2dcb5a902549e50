/**
 * The attempt has failed, and the next one makes sense at a known time. It takes the place of the
 * contract's backoff this once; it counts as an attempt, and after the last one the job has failed.
 *
 *     if (response.status === 429) {
 *       const after = RetryAfterError.fromHeader(response.headers.get('retry-after'));
 *       throw new RetryAfterError(after, 'The mail service takes no more for now.');
 *     }
 */
export class RetryAfterError extends Error {
  constructor(
    /**
     * How long to wait, in milliseconds, or when to try again; what has passed already means at once.
     * Undefined, or what is no time at all (NaN, an invalid date): after the contract's backoff.
     */
    readonly retryAfter: number | Date | undefined,
    message = 'The job is to be tried again later.',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RetryAfterError';
  }

  /** In milliseconds from now; undefined if the contract's backoff decides. */
  get delay(): number | undefined {
    const { retryAfter } = this;
    const delay = retryAfter instanceof Date ? retryAfter.getTime() - Date.now() : retryAfter;
    return Number.isFinite(delay) ? Math.max(0, Math.ceil(Number(delay))) : undefined;
  }

  /**
   * What HTTP's `Retry-After` asks for: seconds, or a date (RFC 9110, 10.2.3). Undefined if the header
   * is missing or says neither, so that the contract's backoff decides.
   */
  static fromHeader(header: string | null | undefined): number | Date | undefined {
    const text = header?.trim() ?? '';
    if (/^\d+$/.test(text)) return Number(text) * 1_000;
    const date = new Date(text);
    return Number.isNaN(date.getTime()) ? undefined : date;
  }
}
