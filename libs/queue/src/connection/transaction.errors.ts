import { QueueError } from '../errors/queue.error';

/**
 * `add(data, { manager })` was given a manager that is not inside a transaction.
 *
 * To do: pass what the transaction hands to its function, such as the manager of
 * `dataSource.transaction(async (manager) => …)` or `fromPrisma(tx)`, and await `add` in there; or omit the manager.
 *
 * @group Adding jobs
 */
export class TransactionRequiredError extends QueueError {
  readonly code = 'TRANSACTION_REQUIRED';

  constructor(
    /** The queue that the job was for. */
    readonly queue: string,
    options?: ErrorOptions,
  ) {
    super(
      `No "${queue}" job was added: the given manager is not inside a transaction, or its transaction ` +
        'has ended. Pass what the transaction hands to its function (the manager of ' +
        '`dataSource.transaction(async (manager) => …)`, the `tx` of `fromPrisma(tx)` or `fromDrizzle(tx)`, the `trx` ' +
        'of `fromKnex(trx)`; with `fromPg(client)`, a client after BEGIN) and await `add` in there, or omit the manager.',
      options,
    );
  }
}

/**
 * `add(data, { manager })` was given a transaction of a database that does not hold the queues.
 *
 * To do: keep the queues in the database of your tables, or add the job without a manager once the transaction
 * has committed.
 *
 * @group Adding jobs
 */
export class OtherDatabaseError extends QueueError {
  readonly code = 'OTHER_DATABASE';

  constructor(
    /** The queue that the job was for. */
    readonly queue: string,
    /** The queue store, without its password. */
    readonly store: string,
  ) {
    super(
      `No "${queue}" job was added: its transaction belongs to another database than the queues, which ` +
        `are in ${store}. A job can join a transaction of that database only. Keep the queues in the ` +
        'database of your tables, or add the job without a manager once the transaction has committed.',
    );
  }
}
