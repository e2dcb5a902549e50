/** Which jobs of a contract are the same, so that only the first of them is added. */
export interface JobDeduplication<Data = unknown> {
  /**
   * What tells one job from another, from its data as the processor gets it. A job for which it gives
   * `undefined` or an empty text is always added.
   *
   * A method and not a property, so that a contract can be passed wherever any contract can.
   */
  key(data: Data): string | undefined;
  /**
   * For how long, in milliseconds from the `add` of the first job, the others are not added. By default
   * until the first has ended, be it completed or failed permanently.
   */
  readonly window?: number;
}
