import type { PasswordSource } from './password-source';

/** How a process reaches its queues. */
export interface QueueStoreOptions {
  /**
   * `postgres://user:password@host:5432/database`, or `redis://user:password@host:6379/0`, `rediss://…`
   * for TLS, `redis://a:6379,b:6379` or `redis://a:6379?cluster=true` for a cluster,
   * `redis+sentinel://a:26379,b:26379/mymaster/0` for Sentinel, and `unix:///run/redis.sock` for a socket.
   */
  url: string;
  /**
   * The password, in place of one in the URL: called for each connection that is opened, so that it may change
   * while the process runs.
   * @default the one in the URL
   */
  password?: PasswordSource;
  /**
   * The password of the sentinels of a Redis, in place of `?sentinel_password=` in the URL; like `password`.
   * @default the one in the URL
   */
  sentinelPassword?: PasswordSource;
  /** Shown by the server for each connection, to tell processes apart. */
  applicationName?: string;
  /**
   * The maximum number of connections for queries; one more is held for notifications. All queues, workers
   * and event readers of the process share them. Redis always uses one, plus one for each worker and each
   * watched queue.
   * @default 5
   */
  poolMax?: number;
  /**
   * How long a statement or a command may wait for its answer, in milliseconds, before its connection is
   * considered dead. Does not apply to blocking waits.
   * @default 10000 on Postgres, 5000 on Redis
   */
  answerTimeout?: number;
  /**
   * How many replicas of a Redis must have a job before `add` resolves (`WAIT`), and before the outbox deletes
   * its row. If fewer confirm it within a second, `add` fails with a {@link TooFewReplicasError}.
   * @default 0
   */
  replicas?: number;
  /**
   * Whether what this process asks of one queue on Postgres at the same time is one statement: the jobs that its workers
   * complete and fetch. With `false` each is one of its own, as in BullMQ. No meaning on Redis.
   * @default true
   */
  groupStatements?: boolean;
  /** The command that creates missing tables; shown in {@link QueueSchemaError}. */
  migrateHint?: string;
  /** The command that starts the server, if it is a Postgres; shown in {@link QueueUnreachableError}. */
  startHint?: string;
}
