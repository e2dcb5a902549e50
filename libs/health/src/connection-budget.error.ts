/**
 * The processes of this kind may together open more connections than the server of a database takes.
 *
 * To do: lower the limits of the pools or the number of replicas, or raise that of the server; the message has both sums,
 * and the variables.
 *
 * @group Starting a process
 */
export class ConnectionBudgetError extends Error {
  readonly code = 'CONNECTION_BUDGET';
  readonly userFacing = true;

  constructor(
    /** The server, without user and password. */
    readonly server: string,
    /** The most connections that all replicas open. */
    readonly needed: number,
    /** What the server takes. */
    readonly limit: number,
    message: string,
  ) {
    super(message);
    this.name = new.target.name;
  }
}
