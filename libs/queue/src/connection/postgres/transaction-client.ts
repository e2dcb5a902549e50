import { DEFAULT_SCHEMA, type PgQueryResult } from 'bullmq';
import { textOf } from '../../text/reason-of';
import type { TransactionManager } from '../transaction-manager';
import { inlineParameters } from './inline-parameters';

/** The connection of a transaction: a client of `pg`. */
export interface TransactionClient {
  query(text: string): Promise<unknown>;
}

/** The statement was sent to a connection without an open transaction. */
export const NO_TRANSACTION = '25P01';

/** An earlier statement of the transaction has failed; only a rollback is possible. */
const TRANSACTION_ABORTED = '25P02';

const SAVEPOINT = 'bullmq_add';

/** The transaction-local setting that holds the caller's search path while BullMQ's replaces it. */
const CALLERS_PATH = 'bullmq.callers_search_path';

/** The connection of a manager; undefined if the manager is in no transaction. */
export async function clientOf({
  queryRunner,
}: TransactionManager): Promise<TransactionClient | undefined> {
  if (queryRunner?.isTransactionActive !== true) return undefined;
  return (await queryRunner.connect()) as TransactionClient;
}

/** Whether a client belongs to another driver, and so to another kind of database. */
export function isForeign(client: TransactionClient): boolean {
  return typeof client !== 'object' || typeof client.query !== 'function';
}

/**
 * Runs a BullMQ statement in the open transaction of a connection, and preserves everything else there: the
 * search path, and, if the statement fails, the transaction.
 *
 * Sent as one message, so in one round trip: no other statement of the caller can get in between, where it
 * would run with another search path, or be undone with the savepoint.
 */
export async function runInTransaction<R>(
  client: TransactionClient,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<PgQueryResult<R>> {
  const statements = [
    `SAVEPOINT ${SAVEPOINT}`,
    `SELECT set_config('${CALLERS_PATH}', current_setting('search_path'), true)`,
    `SET LOCAL search_path TO ${DEFAULT_SCHEMA}`,
    inlineParameters(text, parameters),
    `SELECT set_config('search_path', current_setting('${CALLERS_PATH}'), true)`,
    `RELEASE SAVEPOINT ${SAVEPOINT}`,
  ];
  try {
    const results = (await client.query(statements.join(';\n'))) as PgQueryResult<R>[];
    return results[3] ?? { rows: [], rowCount: 0 };
  } catch (error) {
    const code = textOf(error, 'code');
    // The savepoint could not be created, so there is nothing to roll back to.
    if (code === NO_TRANSACTION || code === TRANSACTION_ABORTED) throw error;
    // A lost connection has no transaction to repair; the first error reports the loss.
    const repair = `ROLLBACK TO SAVEPOINT ${SAVEPOINT}; RELEASE SAVEPOINT ${SAVEPOINT}`;
    await client.query(repair).catch(() => undefined);
    throw error;
  }
}
