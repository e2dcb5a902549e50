/**
 * How this process connects to the database. An application provides one, by this class as token,
 * from a global module.
 *
 * It stands apart from everything that loads TypeORM, because a worker provides it even when none of
 * its selected processors uses the database.
 */
export abstract class DatabaseSettings {
  /** `postgres://user:password@host:port/database` */
  abstract readonly url: string;

  /** Shown in `pg_stat_activity`, so that the connections of api and worker can be told apart. */
  abstract readonly applicationName: string;

  /**
   * The most connections that this process opens. Every process has a pool of its own: three workers
   * and two api instances with 10 each may hold 50, beside the connections of their queues.
   */
  abstract readonly poolMax: number;

  /** How long to wait for a database that does not answer at start, in milliseconds. */
  abstract readonly connectDeadline: number;
}
