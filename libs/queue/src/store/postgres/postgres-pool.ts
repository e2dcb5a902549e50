import type { Logger } from '@nestjs/common';
import { DEFAULT_SCHEMA, type PgPool, type PgPoolClient, type PgQueryResult } from 'bullmq';
import pg from 'pg';
import { QueueUnreachableError } from '../../errors/queue-unreachable.error';
import type { QueueStoreOptions } from '../store-options';
import { isConnectionLost } from './connection-lost';
import { ListeningClient } from './listening-client';

const DEFAULT_POOL_MAX = 5;

/** In milliseconds, for one connection to be made or to become free. */
const CONNECT_TIMEOUT = 10_000;

/**
 * The pool that BullMQ is given: `pg`'s pool for queries, and a connection beside it for
 * notifications. Tells a lost connection from a failed query, and logs it once, however many workers
 * notice.
 */
export class PostgresPool implements PgPool {
  /** BullMQ reads it: the listening connection notices when the other side has gone. */
  readonly options = { keepAlive: true };
  private readonly config: pg.PoolConfig;
  private readonly pool: pg.Pool;
  private readonly listening = new Set<ListeningClient>();
  private lost = false;

  constructor(
    { url, poolMax = DEFAULT_POOL_MAX, applicationName }: QueueStoreOptions,
    private readonly location: string,
    private readonly logger: Logger,
  ) {
    this.config = {
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      keepAlive: true,
      // BullMQ's statements name no schema.
      options: `-c search_path=${DEFAULT_SCHEMA}`,
    };
    this.pool = new pg.Pool({ ...this.config, max: poolMax });
    // An idle connection that drops. The next query finds out whether the server is still there.
    this.pool.on('error', (error) => {
      this.reportLost(error);
    });
  }

  async query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    try {
      const result = await this.pool.query(text, params && [...params]);
      this.reportBack();
      return result;
    } catch (error) {
      throw this.translate(error);
    }
  }

  /** A connection outside the pool, so that waiting for notifications takes no place from queries. */
  async connect(): Promise<PgPoolClient> {
    const client = new ListeningClient(new pg.Client(this.config), (closed) => {
      this.listening.delete(closed);
    });
    try {
      await client.connect();
    } catch (error) {
      throw this.translate(error);
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

  private translate(error: unknown): unknown {
    if (!isConnectionLost(error)) return error;
    const unreachable = new QueueUnreachableError(this.location, error);
    this.reportLost(unreachable);
    return unreachable;
  }

  private reportLost(error: Error): void {
    if (this.lost) return;
    this.lost = true;
    this.logger.warn(`${error.message} Workers try again until it is back.`);
  }

  private reportBack(): void {
    if (!this.lost) return;
    this.lost = false;
    this.logger.log(`The queue store ${this.location} is back.`);
  }
}
