import { isNativeError } from 'node:util/types';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';

/**
 * What waiting may cure: nobody listens yet, the name does not resolve yet, the connection broke, or
 * the server starts (57P03), stops (57P01) or has no connection left (53300). A wrong password or a
 * database that does not exist is not among them.
 *
 * Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'ENOENT'],
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006'],
]);

/** node-postgres gives these no code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error)/;

/** What node-postgres says when a statement was not answered within its `query_timeout`. */
const UNANSWERED = 'Query read timeout';

/** Whether the database could not be reached, so that the same call may succeed a moment later. */
export function isConnectionFailure(error: unknown): boolean {
  if (error instanceof QueryFailedError) return isConnectionFailure(error.driverError);
  if (!isNativeError(error)) return false;
  // TypeORM lets go of a connection that breaks between two statements of a transaction, and then says
  // this of the next one.
  if (
    error instanceof QueryRunnerAlreadyReleasedError ||
    error instanceof QueryRunnerProviderAlreadyReleasedError
  ) {
    return true;
  }
  // A name with several addresses fails with one error an address.
  if ('errors' in error && Array.isArray(error.errors))
    return error.errors.some(isConnectionFailure);
  if ('code' in error && typeof error.code === 'string') return CODES.has(error.code);
  return isUnanswered(error) || MESSAGES.test(error.message);
}

/** Whether a statement got no answer in time, so that its connection may be open on this side only. */
export function isUnanswered(error: unknown): boolean {
  return isNativeError(error) && error.message === UNANSWERED;
}
