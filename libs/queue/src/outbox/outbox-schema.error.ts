/** Jobs of transactions have to go through the outbox, and the database has no table for it. */
export class OutboxSchemaError extends Error {
  readonly userFacing = true;

  constructor(
    /** The application's database, without its password. */
    readonly database: string,
    /** The queue store, without its password. */
    readonly store: string,
    /** What a person runs to repair it, given by the application. */
    migrateHint = 'call migrateOutbox(url)',
  ) {
    super(
      `The queues are in ${store}, so jobs that are added inside a transaction of ${database} go through ` +
        `an outbox there, and it has no table for one yet. To create it: ${migrateHint}.`,
    );
    this.name = new.target.name;
  }
}
