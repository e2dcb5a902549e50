import { type PgPool, type PgPoolClient, type PgQueryResult } from 'bullmq';
import type { ConnectionPool as ConnectionPoolReport, ServerAnswer } from '@libs/health';
import pg from 'pg';
import { dedicated } from '../pool-use';
import { QueueAccessError } from '../queue-access.error';
import { QueueFullError, QueueRefusingError } from '../queue-refusing.errors';
import { QueueUnreachableError } from '../queue-unreachable.error';
import { RefusalWatch } from '../refusal-watch';
import type { AnyObserver } from '../../observe/queue-observer';
import type { PasswordSource } from '../../options/password-source';
import type { QueueStoreOptions } from '../../options/store-options';
import { connectionError, isDeadlock } from './connection-error';
import { ConnectionPool } from './connection-pool';
import { ListeningClient } from './listening-client';
import { Sessions } from './sessions';

const DEFAULT_POOL_MAX = 5;

/** In milliseconds: for how long a connection is unused before the system probes it. */
const PROBED_AFTER = 10_000;

/**
 * In milliseconds, to open a connection, to wait for a free one, and to get a statement's answer. With a
 * silently dead connection (a lost packet, a firewall that forgot it), the system would wait for a quarter
 * of an hour. None of BullMQ's statements takes this long by itself.
 */
const ANSWER_TIMEOUT = 10_000;

/**
 * The maximum number of times that a statement is run if each run loses a deadlock. BullMQ would treat the
 * error as a failure of the job, and run a job again that has done its work.
 */
const DEADLOCK_ATTEMPTS = 5;

/**
 * The pool that BullMQ uses: `pg`'s pool for queries, and a separate connection for notifications.
 * Distinguishes a lost connection from a failed query, and logs the loss once, however many workers notice.
 */
export class PostgresPool implements PgPool {
  /** Read by BullMQ, so that the listening connection detects a lost server. */
  readonly options = { keepAlive: true };
  private readonly config: pg.PoolConfig & {
    query_timeout: number;
    passwordSource?: PasswordSource | undefined;
  };
  private readonly pool: ConnectionPool;
  /** The connections of queries, and those of listeners. */
  readonly pools: readonly ConnectionPoolReport[];
  private readonly listening = new Set<ListeningClient>();
  /** When the loss of the store was detected; undefined while it answers. */
  private lostAt: number | undefined;
  private backAt = -Infinity;
  private readonly refusals: RefusalWatch;
  private readonly startHint: string | undefined;

  constructor(
    {
      url,
      password,
      poolMax = DEFAULT_POOL_MAX,
      applicationName,
      answerTimeout = ANSWER_TIMEOUT,
      startHint,
    }: QueueStoreOptions,
    private readonly location: string,
    private readonly observer: Pick<AnyObserver, 'storeLost' | 'storeBack'>,
  ) {
    this.refusals = new RefusalWatch(location, observer);
    this.startHint = startHint;
    this.config = {
      connectionString: url,
      passwordSource: password,
      application_name: applicationName,
      connectionTimeoutMillis: answerTimeout,
      query_timeout: answerTimeout,
      keepAlive: true,
      keepAliveInitialDelayMillis: PROBED_AFTER,
    };
    const sessions = new Sessions(this.config);
    this.pool = new ConnectionPool({ ...this.config, max: poolMax }, (client) =>
      sessions.begin(client),
    );
    this.pools = [
      {
        name: 'queue store',
        location,
        max: poolMax,
        use: () => this.pool.use,
        ask: async (statement) => (await this.query<ServerAnswer>(statement)).rows,
      },
      { name: 'queue notifications', location, max: 1, use: () => dedicated(this.listening.size) },
    ];
  }

  async query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    const started = performance.now();
    try {
      const result = await this.run(text, params);
      this.reportBack(started);
      this.refusals.onDone(text);
      return result;
    } catch (error) {
      throw this.translate(error, started, text);
    }
  }

  /** For a process that waits for jobs. */
  keepOne(): void {
    this.pool.keepOne();
  }

  /** A connection outside the pool, so that listening takes no connection from queries. */
  async connect(): Promise<PgPoolClient> {
    const started = performance.now();
    const client = new ListeningClient(this.config, {
      closed: (closed) => {
        this.listening.delete(closed);
      },
      // Most likely the pool's connections are half-open too.
      lost: () => {
        this.pool.dropIdle();
      },
    });
    // From now on, so that it can be ended while the other side does not answer.
    this.listening.add(client);
    try {
      await client.connect();
    } catch (error) {
      this.listening.delete(client);
      throw this.translate(error, started);
    }
    return client;
  }

  async end(): Promise<void> {
    await Promise.all([this.pool.end(), ...[...this.listening].map((client) => client.end())]);
  }

  reportUsable(): void {
    this.refusals.onUsable();
  }

  on(): this {
    return this;
  }

  removeAllListeners(): this {
    return this;
  }

  /** A statement that lost a deadlock was rolled back completely, so it is safe to retry. */
  private async run(text: string, params?: readonly unknown[]): Promise<pg.QueryResult> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.pool.query(text, params && [...params]);
      } catch (error) {
        if (!isDeadlock(error) || attempt === DEADLOCK_ATTEMPTS) throw error;
      }
    }
  }

  private translate(error: unknown, started: number, statement = ''): unknown {
    const translated = connectionError(error, this.location, this.startHint);
    if (
      translated instanceof QueueRefusingError ||
      translated instanceof QueueFullError ||
      translated instanceof QueueAccessError
    ) {
      this.refusals.onRefused(statement, translated);
    } else if (translated instanceof QueueUnreachableError) this.reportLost(translated, started);
    return translated;
  }

  // Queries overlap. One that began before the store came back proves nothing about it now, and one that
  // began before the loss does not prove that it is back.

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
