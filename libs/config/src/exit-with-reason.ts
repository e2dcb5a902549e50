import { isNativeError } from 'node:util/types';
import { isUserFacing } from './user-facing.error';

/**
 * Ends a process that cannot start or go on, with exit code 1 (`ExitCode.failed` of @libs/health).
 *
 * A person reads one message for what they can repair, and the whole stack for anything else.
 * Exits even if something is still open: after a failed start nobody is left to close it.
 */
export function exitWithReason(error: unknown): void {
  // Waits for the write, because a pipe may be asynchronous and exit() would cut the message off.
  process.stderr.write(`${describeFailure(error)}\n`, () => {
    process.exit(1);
  });
}

/** The text that {@link exitWithReason} prints. */
export function describeFailure(error: unknown): string {
  if (isUserFacing(error)) return error.message;
  if (isNativeError(error)) return error.stack ?? `${error.name}: ${error.message}`;
  return `Failed with something that is not an error: ${String(error)}`;
}
