import type { PostgresQueueBackend } from 'bullmq';
import { POSTGRES_STATEMENTS } from '../internals';
import type { KeyPauses } from '../../contract/key-limits';
import { SharedPostgresBackend } from './shared-postgres-backend';

/** The backend of a worker with limits by key, on a connection that applies them. */
export class LimitedPostgresBackend extends SharedPostgresBackend implements KeyPauses {
  /** The parent would put it among the waiting jobs: its next attempt waits for room in its key. */
  override async retryJob(
    ...[id, , token, options]: Parameters<PostgresQueueBackend['retryJob']>
  ): Promise<void> {
    await this.moveToDelayed(id, Date.now(), 0, token, options);
  }

  async pauseKey(key: string, delay: number): Promise<void> {
    const parameters = [this.queueName, key, delay];
    await this.connection.pool.query(POSTGRES_STATEMENTS.pauseKey, parameters);
  }
}
