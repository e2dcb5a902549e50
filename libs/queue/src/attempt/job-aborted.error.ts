/** The reason of a job's abort signal when the worker stops before the job has finished. */
export class JobAbortedError extends Error {
  constructor(
    /** How long the job was given, in milliseconds. */
    readonly deadline: number,
  ) {
    super(`The worker stops, and the job did not finish within ${deadline} ms.`);
    this.name = new.target.name;
  }
}
