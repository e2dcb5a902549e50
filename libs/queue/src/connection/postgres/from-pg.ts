import type { TransactionManager } from '../transaction-manager';
import { managerOf } from './known-managers';

/** A client of `pg`, such as `await pool.connect()`: only the members used here. */
export interface PgTransaction {
  query(text: string): Promise<unknown>;
  /** Not in each version: `I` is no transaction. */
  getTransactionStatus?(): string | null;
  /** What a `Pool` has: each of its statements may use another connection. */
  readonly totalCount?: never;
}

/**
 * Adds jobs in a transaction of `pg`:
 *
 *     await client.query('BEGIN');
 *     await client.query('INSERT INTO orders …');
 *     await emails.add(data, { manager: fromPg(client) });
 *     await client.query('COMMIT');
 *
 * @param client the connection of the transaction, after `BEGIN`
 */
export function fromPg(client: PgTransaction): TransactionManager {
  return managerOf(client, () => ({
    // One that is active may be a later one: a pool passes clients on.
    get isTransactionActive() {
      return client.getTransactionStatus?.() === 'I' ? false : undefined;
    },
    connect: () => Promise.resolve(client),
  }));
}
