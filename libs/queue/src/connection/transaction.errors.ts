/** `add(data, { manager })` was given a manager that is in no transaction. */
export class TransactionRequiredError extends Error {
  constructor(
    /** The queue that the job was for. */
    readonly queue: string,
  ) {
    super(
      `No "${queue}" job was added: the manager it was to be added with is in no transaction, or its ` +
        'transaction has ended. Pass the manager that `dataSource.transaction(async (manager) => …)` ' +
        'gives to its function and await `add` in there, or leave the manager out.',
    );
    this.name = new.target.name;
  }
}

/** `add(data, { manager })` was given a transaction of a database that does not hold the queues. */
export class OtherDatabaseError extends Error {
  constructor(
    /** The queue that the job was for. */
    readonly queue: string,
    /** The queue store, without its password. */
    readonly store: string,
  ) {
    super(
      `No "${queue}" job was added: its transaction belongs to another database than the queues, which ` +
        `are in ${store}. A job can be part of a transaction of that database only. Keep the queues in ` +
        'the database of your tables, or add the job without a manager after the transaction has committed.',
    );
    this.name = new.target.name;
  }
}
