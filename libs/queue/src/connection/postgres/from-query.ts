import type { TransactionManager } from '../transaction-manager';
import { managerOf } from './known-managers';
import { StatementClient } from './statement-client';

/**
 * Adds jobs in a transaction of a library without an adapter of its own: with a function that runs one statement, without
 * parameters, in that transaction.
 *
 *     fromQuery(trx, async (text) => (await sql.raw(text).execute(trx)).rows); // Kysely
 *
 * Its errors must have the `code` of Postgres; those of the library itself are thrown as they are.
 *
 * @param transaction the object that stands for the transaction
 * @param query runs one statement, and resolves to its rows, as objects
 */
export function fromQuery(
  transaction: object,
  query: (text: string) => PromiseLike<readonly object[]>,
): TransactionManager {
  return managerOf(transaction, () => {
    const client = new StatementClient(query);
    return { isTransactionActive: undefined, connect: () => Promise.resolve(client) };
  });
}
