/**
 * The root of the errors of the development services, and thrown for what a person cannot foresee: a program that they
 * need did not run.
 *
 * The message says what happened, where, and what to do, and is printed without a stack.
 *
 * To do: follow the message.
 */
export class ServicesError extends Error {
  /** Stays the same when the message changes. */
  readonly code: string = 'SERVICES_FAILED';
  readonly userFacing = true;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
