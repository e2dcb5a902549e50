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
