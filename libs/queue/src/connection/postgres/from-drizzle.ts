import type { TransactionManager } from '../transaction-manager';
import { fromQuery } from './from-query';

/** A transaction of Drizzle on Postgres: only the members used here. */
export interface DrizzleTransaction {
  execute(query: string): PromiseLike<unknown>;
  /** What a database, which is in no transaction, does not have. */
  rollback(): never;
}

/**
 * Adds jobs in a transaction of Drizzle on Postgres, with any of its drivers that has transactions:
 *
 *     await db.transaction(async (tx) => {
 *       await tx.insert(orders).values(order);
 *       await emails.add(data, { manager: fromDrizzle(tx) });
 *     });
 *
 * @param tx what `db.transaction` passes to its callback
 */
export function fromDrizzle(tx: DrizzleTransaction): TransactionManager {
  return fromQuery(tx, async (text) => {
    try {
      return rowsOf(await tx.execute(text));
    } catch (error) {
      throw errorOfPostgres(error);
    }
  });
}

/** The drivers differ: the result of `pg` has rows, that of postgres.js is a list of them. */
function rowsOf(result: unknown): readonly object[] {
  const rows: unknown = Array.isArray(result)
    ? result
    : Reflect.get(Object(result) as object, 'rows');
  return Array.isArray(rows) ? (rows as readonly object[]) : [];
}

/** Drizzle puts an error with the statement, and so with the data of the job, around it. */
function errorOfPostgres(error: unknown): unknown {
  return (error instanceof Error ? error.cause : undefined) ?? error;
}
