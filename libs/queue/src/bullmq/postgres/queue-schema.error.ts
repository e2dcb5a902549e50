import { QueueError } from '../../errors/queue.error';

/**
 * The database answers, but BullMQ's tables are missing from it or older than this code.
 *
 * To do: create or upgrade the tables with the command in the message.
 *
 * @group Starting a process
 */
export class QueueSchemaError extends QueueError {
  readonly code = 'QUEUE_SCHEMA';
  override readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    /** The version found; 0 means that there are no tables. */
    readonly version: number,
    readonly required: number,
    /** What a person runs to fix it, given by the application. */
    migrateHint?: string,
    options?: ErrorOptions,
  ) {
    const found =
      version === 0
        ? 'has no queue tables yet'
        : `has queue tables of version ${version}, and version ${required} is required`;
    const remedy = migrateHint ?? 'call migrateQueueStore(url)';
    super(`The database ${store} ${found}. To create or upgrade them: ${remedy}.`, options);
  }
}
