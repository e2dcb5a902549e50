import { QueueError } from '../errors/queue.error';

/**
 * Jobs of transactions go through the outbox, and the database has no table for it, or that of an earlier version.
 *
 * To do: create or update the table with the command in the message.
 *
 * @group Starting a process
 */
export class OutboxSchemaError extends QueueError {
  readonly code = 'OUTBOX_SCHEMA';
  override readonly userFacing = true;

  constructor(
    /** The application's database, without its password. */
    readonly database: string,
    /** The queue store, without its password. */
    readonly store: string,
    /** What a person runs to fix it, given by the application. */
    migrateHint = 'call migrateOutbox(url)',
  ) {
    super(
      `The queues are in ${store}, so jobs that are added inside a transaction of ${database} go through ` +
        `an outbox there, and its table is missing or that of an earlier version. To create or update it: ${migrateHint}.`,
    );
  }
}
