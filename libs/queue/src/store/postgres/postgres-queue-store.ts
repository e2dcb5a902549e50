import { Logger } from '@nestjs/common';
import type { IQueueBackend } from 'bullmq';
import { QueueStore, type BackendRequest } from '../queue-store';
import type { QueueStoreOptions } from '../store-options';
import { locationOf } from './location';
import { PostgresPool } from './postgres-pool';
import { SharedPostgresBackend } from './shared-postgres-backend';
import { SharedPostgresConnection } from './shared-postgres-connection';

/** The queues of a process in a Postgres database: one pool, and one connection that listens. */
export class PostgresQueueStore extends QueueStore {
  readonly location: string;
  private readonly pool: PostgresPool;
  private readonly connection: SharedPostgresConnection;

  constructor(options: QueueStoreOptions) {
    super();
    this.location = locationOf(options.url);
    const logger = new Logger('QueueStore');
    this.pool = new PostgresPool(options, this.location, logger);
    this.connection = new SharedPostgresConnection(this.pool, this.location, options.migrateHint);
  }

  backend(...[name, options]: BackendRequest): IQueueBackend {
    return new SharedPostgresBackend(this.connection, name, options);
  }

  async latestEventId(queue: string): Promise<string> {
    await this.connection.waitUntilReady();
    const { rows } = await this.pool.query<{ max: string }>(
      'SELECT COALESCE(MAX(id), 0)::text AS max FROM event WHERE queue = $1',
      [queue],
    );
    return rows[0]?.max ?? '0';
  }

  async check(): Promise<void> {
    await this.connection.waitUntilReady();
    await this.pool.query('SELECT 1');
  }

  async close(): Promise<void> {
    await this.connection.end();
    await this.pool.end();
  }
}
