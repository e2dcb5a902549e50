import { RedisConnection } from 'bullmq';
import { settleWithin } from '../../timing/settle-within';
import { endClient, type RedisClient } from '../../connection/redis/redis-client';

/**
 * The blocking connection of one worker or event reader.
 *
 * Differences from its parent:
 * - It can be closed while Redis is away: the parent would wait for an answer to its QUIT.
 * - Its errors do not reach the worker: the store reports the loss of Redis for the whole process.
 * - A worker waits for the milliseconds until a delayed job is due. The parent takes a server whose version it does not
 *   check for one of version 5, and rounds such a wait up to whole seconds.
 */
export class BlockingRedisConnection extends RedisConnection {
  private ended = false;
  /** Ends the wait of {@link reconnect}. */
  private endWait = (): void => undefined;

  /** @param patience in milliseconds: how long {@link reconnect} waits at most */
  constructor(
    private readonly waiting: RedisClient,
    private readonly patience: number,
  ) {
    // The store checks the version, and that it is unknown where INFO is refused is no reason for a warning each.
    super(waiting, { shared: false, blocking: true, skipVersionCheck: true });
    let { capabilities } = this;
    Object.defineProperty(this, 'capabilities', {
      get: () => capabilities,
      set: (found: typeof capabilities) => {
        capabilities = { ...found, canDoubleTimeout: true };
      },
    });
  }

  override emit(event: string, ...args: unknown[]): boolean {
    return event === 'error' ? true : super.emit(event, ...args);
  }

  override async disconnect(wait = true): Promise<void> {
    this.endWait();
    const { status } = this.waiting;
    // Without a socket it would not emit `end`, and on a silent one it may not.
    if (status === 'ready' || status === 'connect') {
      await settleWithin(this.patience, super.disconnect(wait));
    }
    if (this.waiting.status !== 'end') endClient(this.waiting);
  }

  /**
   * Resolves when Redis is back, when this is closed, or after a while: commands are kept until then. The parent would wait
   * without a limit, and so would a stopping worker, which calls this last.
   *
   * A worker that was closed during a job calls this too, when that job ends.
   */
  override async reconnect(): Promise<void> {
    if (this.ended) return;
    const closing = new Promise<void>((resolve) => {
      this.endWait = resolve;
    });
    await settleWithin(this.patience, Promise.race([super.reconnect(), closing]));
  }

  override async close(): Promise<void> {
    this.ended = true;
    endClient(this.waiting);
    // The parent may be about to reconnect, and does not check whether it still should.
    this.waiting.connect = () => Promise.reject(new Error('Connection is closed.'));
    await super.close(true);
  }
}
