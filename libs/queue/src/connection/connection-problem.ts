/** Why a connection cannot be made, and what to do, where waiting does not help. */
export class ConnectionProblem extends Error {
  constructor(
    problem: string,
    /** A sentence in the imperative. */
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(problem, options);
    this.name = new.target.name;
  }
}
