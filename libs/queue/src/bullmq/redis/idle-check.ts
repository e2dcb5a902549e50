import { isTimeout } from '../../connection/redis/connection-error';
import type { RedisClient } from '../../connection/redis/redis-client';

/** In milliseconds: a connection that was not used for this long is tried before it is used. */
const IDLE_TIME = 1_000;

/**
 * Sends a PING before the first command after a pause. If the server has cut the connection meanwhile, the PING is
 * lost, and no command whose outcome would be unknown.
 */
export class IdleCheck {
  private usedAt = performance.now();
  private checking: Promise<void> | undefined;

  constructor(private readonly client: RedisClient) {}

  /** Call before each use. Resolves whatever the outcome; undefined if there is nothing to wait for. */
  beforeUse(): Promise<void> | undefined {
    const now = performance.now();
    if (now - this.usedAt > IDLE_TIME) {
      this.checking ??= this.ping().finally(() => {
        this.checking = undefined;
      });
    }
    this.usedAt = now;
    return this.checking;
  }

  private async ping(): Promise<void> {
    try {
      await this.client.ping();
    } catch (error) {
      // It may be half-open. Any other answer comes from the server, and a lost connection is replaced by itself.
      if (isTimeout(error) && this.client.status === 'ready') this.client.disconnect(true);
    }
  }
}
