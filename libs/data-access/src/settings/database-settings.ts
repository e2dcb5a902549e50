import type { NamedDatabase } from './named-database';

/** How this process connects to the database. */
export interface DatabaseSettings {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;

  /**
   * The password, in place of one in the URL: called for each connection that is opened, so that it may change
   * while the process runs.
   */
  readonly password?: (() => string | Promise<string>) | undefined;

  /** Shown in `pg_stat_activity`, to tell the connections of api and worker apart. */
  readonly applicationName: string;

  /**
   * The maximum number of connections of this process. Every process has its own pool: three workers and
   * two api instances with 10 each may hold 50, plus the connections of their queues.
   */
  readonly poolMax: number;

  /** How long startup waits for a database that does not answer, in milliseconds. */
  readonly connectDeadline: number;

  /**
   * How long the database works on a statement before cancelling it, in milliseconds. `off`, the default,
   * keeps the server's own setting.
   */
  readonly statementTimeout?: number | 'off';

  /** Additional data sources by name; unset settings default to those of this one. */
  readonly named?: Readonly<Record<string, NamedDatabase>>;

  /**
   * How long a statement may wait for its answer, in milliseconds, before its connection is considered dead
   * and closed. So this is also the maximum duration of a statement.
   * @default 60000, or ten seconds more than `statementTimeout`
   */
  readonly answerTimeout?: number;

  /** The application's commands, shown in errors. */
  readonly hints?: DatabaseHints;
}

/** Commands that only the application knows, each phrased to fit into a sentence. */
export interface DatabaseHints {
  /** Starts the database, such as "`docker compose up -d`". */
  readonly start?: string;
  /** Applies the migrations. @default "call migrateDatabase(url)" */
  readonly migrate?: string;
}

/**
 * The injection token of the {@link DatabaseSettings}. An application provides them from a global module.
 *
 * Separate from everything that loads TypeORM, because a worker provides them even when none of its
 * selected processors uses the database.
 */
export const DATABASE_SETTINGS = Symbol('DATABASE_SETTINGS');
