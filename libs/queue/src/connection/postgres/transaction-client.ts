import { DEFAULT_SCHEMA, type PgQueryResult } from 'bullmq';
import { textOf } from '../../text/reason-of';
import type { TransactionManager } from '../transaction-manager';
import { inlineParameters } from './inline-parameters';

/** The connection that a transaction runs on: a client of `pg`. */
export interface TransactionClient {
  query(text: string): Promise<unknown>;
}

/** The statement was sent to a connection on which no transaction is open. */
export const NO_TRANSACTION = '25P01';

/** An earlier statement of the transaction has failed; nothing but its rollback is possible. */
const TRANSACTION_ABORTED = '25P02';

const SAVEPOINT = 'bullmq_add';

/** Where the caller's search path is kept while BullMQ's replaces it; a setting of the transaction. */
const CALLERS_PATH = 'bullmq.callers_search_path';

/** The connection of a manager; undefined if it is in no transaction. */
export async function clientOf({
  queryRunner,
}: TransactionManager): Promise<TransactionClient | undefined> {
  if (queryRunner?.isTransactionActive !== true) return undefined;
  return (await queryRunner.connect()) as TransactionClient;
}

/** Whether it is a client of another driver, so of another kind of database. */
export function isForeign(client: TransactionClient): boolean {
  return typeof client !== 'object' || typeof client.query !== 'function';
}

/**
 * Runs a statement of BullMQ in the transaction that is open on a connection, and leaves everything
 * else there as it was: the search path, and, if the statement fails, the transaction.
 *
 * One message, and so one round trip: no other statement of the caller can get in between, where it
 * would find another search path, or be undone with the savepoint.
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
    // The savepoint could not be made, so there is nothing to go back to.
    if (code === NO_TRANSACTION || code === TRANSACTION_ABORTED) throw error;
    // A connection that is lost has no transaction to repair; the first error says so.
    const repair = `ROLLBACK TO SAVEPOINT ${SAVEPOINT}; RELEASE SAVEPOINT ${SAVEPOINT}`;
    await client.query(repair).catch(() => undefined);
    throw error;
  }
}
