import { RedisConnection } from 'bullmq';
import { endClient, type RedisClient } from './redis-client';

/**
 * A connection of one worker or event reader, that waits for news.
 *
 * What differs from its parent:
 * - It can be closed while Redis is away: the parent would wait for an answer to its QUIT.
 * - Its errors do not reach the worker: Redis is lost for the whole process, and the store says so.
 */
export class BlockingRedisConnection extends RedisConnection {
  private ended = false;

  constructor(private readonly waiting: RedisClient) {
    super(waiting, { shared: false, blocking: true });
  }

  override emit(event: string, ...args: unknown[]): boolean {
    return event === 'error' ? true : super.emit(event, ...args);
  }

  override async disconnect(wait = true): Promise<void> {
    const { status } = this.waiting;
    // Without a socket it would not tell that it has ended.
    if (status === 'ready' || status === 'connect') return super.disconnect(wait);
    endClient(this.waiting);
    return Promise.resolve();
  }

  /** A worker that was closed while a job ran asks for it when that job ends at last. */
  override async reconnect(): Promise<void> {
    if (!this.ended) await super.reconnect();
  }

  override async close(): Promise<void> {
    this.ended = true;
    endClient(this.waiting);
    await super.close(true);
  }
}
