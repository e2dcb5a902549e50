/** A contract's name cannot be the name of a queue, a file and a part of a URL at once. */
export class InvalidJobNameError extends Error {
  readonly userFacing = true;

  constructor(readonly jobName: string) {
    super(
      `"${jobName}" cannot name a job. Use lower-case words joined by hyphens, ` +
        'such as "email" or "daily-report".',
    );
    this.name = new.target.name;
  }
}

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
