import { isNativeError } from 'node:util/types';
import { isUserFacing } from './coded.error';
import { describeMissingPackage } from './missing-package';

/**
 * Ends a process that cannot start or continue, with exit code 1 (`ExitCode.failed` of @libs/health).
 *
 * Prints only the message if the user can fix the cause, and the whole stack otherwise. Exits even if
 * something is still open: after a failed start nothing is left to close it. With `LOG_FORMAT=json` it is one
 * JSON object, as every other line of the log.
 *
 * @param processName of the log's other lines
 */
export function exitWithReason(error: unknown, processName?: string): void {
  const line = failureLine(error, process.env['LOG_FORMAT'], processName);
  // Waits for the write, because a pipe may be asynchronous and exit() would cut the message off.
  process.stderr.write(`${line}\n`, () => {
    process.exit(1);
  });
}

/** The output of {@link exitWithReason}. */
export function failureLine(error: unknown, format?: string, processName?: string): string {
  const message = describeFailure(error);
  if (format !== 'json') return message;
  const { pid } = process;
  return JSON.stringify({
    level: 'fatal',
    pid,
    timestamp: Date.now(),
    message,
    process: processName,
  });
}

/** Why a process ends. */
export function describeFailure(error: unknown): string {
  if (isUserFacing(error)) return error.message;
  const missing = describeMissingPackage(error);
  if (missing !== undefined) return missing;
  if (isNativeError(error)) return error.stack ?? `${error.name}: ${error.message}`;
  return `Failed with a value that is not an error: ${String(error)}`;
}
