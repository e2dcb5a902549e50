/**
 * The root of the errors of applications and of the libraries that depend on this one. `code` is SCREAMING_SNAKE_CASE and
 * stays the same when the message changes; docs/reference/errors.md lists all of them.
 *
 * A library that must not depend on this one gives its own root the same two properties. The job runtime does.
 */
export abstract class CodedError extends Error {
  abstract readonly code: string;

  /**
   * Whether the message alone is enough for the person who runs the program: it says what happened, where, and
   * what to do. {@link exitWithReason} prints it without a stack.
   */
  readonly userFacing: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An error that a person can act on by reading its message alone: a bad variable, a port that is taken. */
export abstract class UserFacingError extends CodedError {
  override readonly userFacing = true;
}

/** Whether the message of this error, of whatever root, is all that a person needs to see. */
export function isUserFacing(error: unknown): error is Error {
  return error instanceof Error && 'userFacing' in error && error.userFacing === true;
}
