/** The same in every copy of this library that a process has loaded. */
const BRAND = Symbol.for('@libs/queue/error');

/**
 * The root of this library's errors: `error instanceof QueueError` holds for all of them, `code` says which.
 *
 *     catch (error) {
 *       if (error instanceof QueueError && error.code === 'QUEUE_UNREACHABLE') return retryLater();
 *       throw error;
 *     }
 *
 * Some have to extend a class of BullMQ, because BullMQ decides by it what becomes of a job
 * ({@link NonRetryableError}, {@link QueueUnreachableError}), and some have come from another process. Those
 * carry a mark instead, and `instanceof QueueError` accepts it.
 */
export abstract class QueueError extends Error {
  /** SCREAMING_SNAKE_CASE. It stays the same when the message changes. */
  abstract readonly code: string;

  /**
   * Whether the message alone is enough for the person who runs the program: it says what happened, where, and
   * what to do, and is printed without a stack. Otherwise the stack says where in the code to look.
   */
  readonly userFacing: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== QueueError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  static {
    markAsQueueError(this.prototype);
  }
}

/**
 * Makes an error an instance of {@link QueueError} that cannot extend it. Given a prototype, all errors of its
 * class are; they have to have a `code` and `userFacing`.
 */
export function markAsQueueError(target: object): void {
  Object.defineProperty(target, BRAND, { value: true });
}

/** Whether the message of this error, of whatever root, is all that a person needs to see. */
export function isUserFacing(error: unknown): error is Error & { readonly userFacing: true } {
  return error instanceof Error && 'userFacing' in error && error.userFacing === true;
}
