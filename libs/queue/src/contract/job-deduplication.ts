/** Which jobs of a contract are duplicates; only the first of them is added. */
export interface JobDeduplication<Data = unknown> {
  /**
   * Computes the deduplication key from the data as the processor receives it. A job whose key is
   * `undefined` or an empty string is always added.
   *
   * A method, not a property, so that every contract is assignable to `JobContract`.
   */
  key(data: Data): string | undefined;
  /**
   * How long duplicates are dropped, in milliseconds from the `add` of the first job. By default, until the
   * first job completes or fails permanently.
   */
  readonly window?: number;
}
