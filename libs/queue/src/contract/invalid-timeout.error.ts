/** A contract's timeout is no time that a timer can wait. */
export class InvalidTimeoutError extends Error {
  readonly userFacing = true;

  constructor(
    /** The contract's name. */
    readonly job: string,
    readonly timeout: number,
  ) {
    super(
      `The contract "${job}" has the timeout ${timeout}. Use a whole number of milliseconds, 1 to ` +
        '2147483647, such as 30_000; or leave it out for none.',
    );
    this.name = new.target.name;
  }
}
