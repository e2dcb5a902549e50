/**
 * An error that a person can act on by reading its message alone: a bad variable, a port that is taken.
 * {@link exitWithReason} prints it without a stack.
 *
 * A library that must not depend on this one marks its own errors with a property
 * `userFacing = true`; {@link isUserFacing} accepts both.
 */
export abstract class UserFacingError extends Error {
  readonly userFacing = true;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Whether the message of this error is all that a person needs to see. */
export function isUserFacing(error: unknown): error is Error {
  return error instanceof Error && 'userFacing' in error && error.userFacing === true;
}
