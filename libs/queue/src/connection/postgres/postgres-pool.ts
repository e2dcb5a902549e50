import { DEFAULT_SCHEMA, type PgPool, type PgPoolClient, type PgQueryResult } from 'bullmq';
import pg from 'pg';
import { QueueUnreachableError } from '../queue-unreachable.error';
import type { AnyObserver } from '../../observe/queue-observer';
import type { QueueStoreOptions } from '../../options/store-options';
import { connectionError, isDeadlock } from './connection-error';
import { ConnectionPool } from './connection-pool';
import { ListeningClient } from './listening-client';

const DEFAULT_POOL_MAX = 5;

/**
 * In milliseconds, for a connection to be made or to become free, and for a statement to be answered. A connection that has died without a word (a lost
 * packet, a firewall that forgot it) would be waited for a quarter of an hour by the system. None of
 * BullMQ's statements takes this long by itself.
 */
const ANSWER_TIMEOUT = 10_000;

/**
 * How often a statement is run that loses a deadlock each time. BullMQ would take the error for a
 * failure of the job, and run a job again that has done its work.
 */
const DEADLOCK_ATTEMPTS = 5;

/**
 * The pool that BullMQ is given: `pg`'s pool for queries, and a connection beside it for
 * notifications. Tells a lost connection from a failed query, and logs it once, however many workers
 * notice.
 */
export class PostgresPool implements PgPool {
  /** BullMQ reads it: the listening connection notices when the other side has gone. */
  readonly options = { keepAlive: true };
  private readonly config: pg.PoolConfig & { query_timeout: number };
  private readonly pool: ConnectionPool;
  private readonly listening = new Set<ListeningClient>();
  /** When the store was found lost; undefined while it answers. */
  private lostAt: number | undefined;
  private backAt = -Infinity;

  constructor(
    {
      url,
      poolMax = DEFAULT_POOL_MAX,
      applicationName,
      answerTimeout = ANSWER_TIMEOUT,
    }: QueueStoreOptions,
    private readonly location: string,
    private readonly observer: Pick<AnyObserver, 'storeLost' | 'storeBack'>,
  ) {
    this.config = {
      ...withSearchPath(url),
      application_name: applicationName,
      connectionTimeoutMillis: answerTimeout,
      query_timeout: answerTimeout,
      keepAlive: true,
    };
    this.pool = new ConnectionPool({ ...this.config, max: poolMax });
  }

  async query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    const started = performance.now();
    try {
      const result = await this.run(text, params);
      this.reportBack(started);
      return result;
    } catch (error) {
      throw this.translate(error, started);
    }
  }

  /** A connection outside the pool, so that waiting for notifications takes no place from queries. */
  async connect(): Promise<PgPoolClient> {
    const started = performance.now();
    const client = new ListeningClient(this.config, {
      closed: (closed) => {
        this.listening.delete(closed);
      },
      // As those of the pool are, most likely.
      lost: () => {
        this.pool.dropIdle();
      },
    });
    try {
      await client.connect();
    } catch (error) {
      throw this.translate(error, started);
    }
    this.listening.add(client);
    return client;
  }

  async end(): Promise<void> {
    await Promise.all([this.pool.end(), ...[...this.listening].map((client) => client.end())]);
  }

  on(): this {
    return this;
  }

  removeAllListeners(): this {
    return this;
  }

  /** A statement that lost a deadlock was rolled back whole, so it is run again. */
  private async run(text: string, params?: readonly unknown[]): Promise<pg.QueryResult> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.pool.query(text, params && [...params]);
      } catch (error) {
        if (!isDeadlock(error) || attempt === DEADLOCK_ATTEMPTS) throw error;
      }
    }
  }

  private translate(error: unknown, started: number): unknown {
    const translated = connectionError(error, this.location);
    if (translated instanceof QueueUnreachableError) this.reportLost(translated, started);
    return translated;
  }

  // Queries overlap: one that began before the store was found back says nothing about it now, and
  // one that began before it was lost does not prove it back.

  private reportLost(error: QueueUnreachableError, started: number): void {
    if (this.lostAt !== undefined || started < this.backAt) return;
    this.lostAt = performance.now();
    this.observer.storeLost({ store: this.location, error });
  }

  private reportBack(started: number): void {
    if (this.lostAt === undefined || started < this.lostAt) return;
    this.lostAt = undefined;
    this.backAt = performance.now();
    this.observer.storeBack({ store: this.location });
  }
}

/**
 * BullMQ's statements name no schema. `pg` would drop what it is told in favour of the options in the
 * URL, if there are any, so both go together.
 */
function withSearchPath(url: string): pg.PoolConfig {
  const searchPath = `-c search_path=${DEFAULT_SCHEMA}`;
  const rest = new URL(url);
  const given = rest.searchParams.get('options');
  if (given === null) return { connectionString: url, options: searchPath };
  rest.searchParams.delete('options');
  return { connectionString: rest.href, options: `${given} ${searchPath}` };
}
