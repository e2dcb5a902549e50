import type { NamedDatabase } from './named-database';

/** How this process connects to the database. */
export interface DatabaseSettings {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;

  /** Shown in `pg_stat_activity`, so that the connections of api and worker can be told apart. */
  readonly applicationName: string;

  /**
   * The most connections that this process opens. Every process has a pool of its own: three workers
   * and two api instances with 10 each may hold 50, beside the connections of their queues.
   */
  readonly poolMax: number;

  /** How long to wait for a database that does not answer at start, in milliseconds. */
  readonly connectDeadline: number;

  /**
   * How long the database works on one statement before it cancels it, in milliseconds. `off`, the
   * default: what the server is set to.
   */
  readonly statementTimeout?: number | 'off';

  /** The data sources beside this one, by name; what one does not have of its own is as in this one. */
  readonly named?: Readonly<Record<string, NamedDatabase>>;

  /**
   * How long a statement may wait for its answer, in milliseconds, before its connection is taken for
   * dead, and ended. So it is also the longest that a statement may take.
   * @default 60000, or ten seconds more than `statementTimeout`
   */
  readonly answerTimeout?: number;

  /** What a person of this application runs; shown in errors. */
  readonly hints?: DatabaseHints;
}

/** Commands that only the application knows, each as it is to stand in a sentence. */
export interface DatabaseHints {
  /** Starts the database, such as "`docker compose up -d`". */
  readonly start?: string;
  /** Applies the migrations. @default "call migrateDatabase(url)" */
  readonly migrate?: string;
}

/**
 * The injection token of the {@link DatabaseSettings}. An application provides them from a global module.
 *
 * Apart from everything that loads TypeORM, because a worker provides them even when none of its
 * selected processors uses the database.
 */
export const DATABASE_SETTINGS = Symbol('DATABASE_SETTINGS');
