/** How a process reaches its queues. */
export interface QueueStoreOptions {
  /** `postgres://user:password@host:5432/database`. */
  url: string;
  /** Shown by the server for each connection, so that a person can tell processes apart. */
  applicationName?: string;
  /**
   * The most connections that queries may open at once; one more is held for notifications. All
   * queues, workers and event readers of the process share them.
   * @default 5
   */
  poolMax?: number;
  /** What a person runs when the tables are missing; shown in {@link QueueSchemaError}. */
  migrateHint?: string;
}
