/** The database is reached, but BullMQ's tables are missing from it, or older than this code. */
export class QueueSchemaError extends Error {
  readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    /** The version found; 0 means that there are no tables. */
    readonly version: number,
    readonly required: number,
    /** What a person runs to repair it, given by the application. */
    migrateHint?: string,
    options?: ErrorOptions,
  ) {
    const found =
      version === 0
        ? `has no tables for queues yet`
        : `has tables for queues of version ${version}, and version ${required} is needed`;
    const remedy = migrateHint ?? 'call migrateQueueStore(url)';
    super(`The database ${store} ${found}. To create or upgrade them: ${remedy}.`, options);
    this.name = new.target.name;
  }
}
