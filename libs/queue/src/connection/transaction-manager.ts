/**
 * Identifies the transaction that a job is added in: what a TypeORM `EntityManager` is inside
 * `dataSource.transaction(async (manager) => …)`. Only the members used here, so that this library does not
 * depend on TypeORM.
 *
 * Other libraries have an adapter that makes one of their transaction: `fromPrisma`, `fromDrizzle`, `fromKnex`, `fromPg`,
 * and `fromQuery` for all that have none.
 */
export interface TransactionManager {
  /** Runs the statements of the transaction; undefined if the manager is in no transaction. */
  readonly queryRunner?: {
    /** Undefined if only the database knows: then it is asked. */
    readonly isTransactionActive: boolean | undefined;
    /** The connection of the transaction: a client of `pg`, where the queues are in Postgres. */
    connect(): Promise<unknown>;
  };
}
