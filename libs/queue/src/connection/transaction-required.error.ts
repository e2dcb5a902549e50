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
