import { isNativeError } from 'node:util/types';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';

/**
 * Failures that waiting may cure: no server listens yet, the name does not resolve yet, the connection
 * broke, or the server is starting (57P03), stopping (57P01) or out of connections (53300). A wrong
 * password or a missing database is not among them.
 *
 * Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'],
  ...['ENOTFOUND', 'EAI_AGAIN'],
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006'],
]);

/** node-postgres gives these no code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error)/;

/** The message of node-postgres when a statement exceeds its `query_timeout`. */
const UNANSWERED = 'Query read timeout';

/** Whether the database could not be reached, so that the same call may succeed a moment later. */
export function isConnectionFailure(error: unknown): boolean {
  if (error instanceof QueryFailedError) return isConnectionFailure(error.driverError);
  if (!isNativeError(error)) return false;
  // TypeORM releases a connection that breaks between two statements of a transaction, and then fails the
  // next statement with this message.
  if (
    error instanceof QueryRunnerAlreadyReleasedError ||
    error instanceof QueryRunnerProviderAlreadyReleasedError
  ) {
    return true;
  }
  // A name with several addresses fails with one error per address.
  if ('errors' in error && Array.isArray(error.errors))
    return error.errors.some(isConnectionFailure);
  if (isMissingSocket(error)) return true;
  if ('code' in error && typeof error.code === 'string') return CODES.has(error.code);
  return isUnanswered(error) || MESSAGES.test(error.message);
}

/** No server has made the socket in `?host=/path/to/sockets` yet. A certificate that is missing has the same code. */
function isMissingSocket(error: Error): boolean {
  return (
    'syscall' in error && error.syscall === 'connect' && 'code' in error && error.code === 'ENOENT'
  );
}

/** The code of Postgres for a statement or a connection that failed. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof QueryFailedError) return codeOf(error.driverError);
  return isNativeError(error) && 'code' in error ? String(error.code) : undefined;
}

/** Whether the server, or this user or database, has as many connections as it may have. */
export function isFull(error: unknown): boolean {
  return codeOf(error) === '53300';
}

/** Whether a statement got no answer in time. Its connection may be half-open. */
export function isUnanswered(error: unknown): boolean {
  return isNativeError(error) && error.message === UNANSWERED;
}
