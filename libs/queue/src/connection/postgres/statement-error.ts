import pg from 'pg';

/** The statement was sent to a connection without an open transaction. */
export const NO_TRANSACTION = '25P01';

/** An earlier statement of the transaction has failed; only a rollback is possible. */
export const TRANSACTION_ABORTED = '25P02';

/** An error of Postgres, as far as it came through. */
export interface StatementFailure {
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** The error that a client of `pg` throws for it. */
export function statementError(
  { message, ...fields }: StatementFailure,
  options: ErrorOptions = {},
): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), fields, options);
}
