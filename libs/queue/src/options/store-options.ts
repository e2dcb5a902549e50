/** How a process reaches its queues. */
export interface QueueStoreOptions {
  /**
   * `postgres://user:password@host:5432/database`, or `redis://user:password@host:6379/0`, `rediss://…`
   * for TLS, and `redis://a:6379,b:6379` or `redis://a:6379?cluster=true` for a cluster.
   */
  url: string;
  /** Shown by the server for each connection, so that a person can tell processes apart. */
  applicationName?: string;
  /**
   * The most connections that queries may open at once; one more is held for notifications. All
   * queues, workers and event readers of the process share them. On Redis there is always one, and one
   * more for each worker and each queue that is watched.
   * @default 5
   */
  poolMax?: number;
  /**
   * How long a statement or a command may wait for its answer, in milliseconds, before its connection
   * is taken for dead. One that waits for a job or an event is not meant.
   * @default 10000 on Postgres, 5000 on Redis
   */
  answerTimeout?: number;
  /** What a person runs when the tables are missing; shown in {@link QueueSchemaError}. */
  migrateHint?: string;
}
