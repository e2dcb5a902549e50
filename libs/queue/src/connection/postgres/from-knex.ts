import type { TransactionManager } from '../transaction-manager';
import { managerOf } from './known-managers';

/** A transaction of Knex: only the members used here. */
export interface KnexTransaction {
  readonly isTransaction?: boolean;
  /** What an instance of Knex, which is in no transaction, does not have. */
  isCompleted(): boolean;
  readonly client: { acquireConnection(): Promise<unknown> };
}

/**
 * Adds jobs in a transaction of Knex, with its client `pg`:
 *
 *     await knex.transaction(async (trx) => {
 *       await trx('orders').insert(order);
 *       await emails.add(data, { manager: fromKnex(trx) });
 *     });
 *
 * @param trx what `knex.transaction` passes to its callback, or returns
 */
export function fromKnex(trx: KnexTransaction): TransactionManager {
  return managerOf(trx, () => ({
    get isTransactionActive() {
      return trx.isTransaction === true && !trx.isCompleted();
    },
    connect: () => pgClientOf(trx),
  }));
}

/** The connection of the transaction; of another database than Postgres, what takes no statement. */
async function pgClientOf({ client }: KnexTransaction): Promise<unknown> {
  const connection = await client.acquireConnection();
  const isPg = typeof Reflect.get(Object(connection) as object, 'escapeLiteral') === 'function';
  return isPg ? connection : {};
}
