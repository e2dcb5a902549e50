import { RedisConnection, type RedisClient as BullClient } from 'bullmq';
import type { RedisClient } from './redis-client';

/**
 * The connection behind the commands of every queue and worker of a process. By itself BullMQ makes
 * one for each.
 *
 * What differs from its parent:
 * - Its users do not end it by closing themselves; the store does.
 * - Who uses it while Redis is away does not wait for Redis: the command fails. Only the first attempt
 *   to connect is waited for.
 * - Its errors do not reach its users: the store reports a lost connection, once for all of them.
 */
export class SharedRedisConnection extends RedisConnection {
  /** From the last look at the server; BullMQ chooses between old and new commands by it. */
  serverVersion = '6.2.0';
  private connecting: Promise<void> | undefined;
  private isAttempted = false;

  constructor(private readonly commands: RedisClient) {
    super(commands, {
      shared: true,
      blocking: false,
      skipVersionCheck: true,
      skipWaitingForReady: true,
    });
    // Each queue, worker and event reader adds listeners of its own.
    this.setMaxListeners(0);
  }

  override get client(): Promise<BullClient> {
    return this.isAttempted ? super.client : this.attempt().then(() => super.client);
  }

  override get redisVersion(): string {
    return this.serverVersion;
  }

  override emit(event: string, ...args: unknown[]): boolean {
    return event === 'error' ? true : super.emit(event, ...args);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  override disconnect(): Promise<void> {
    return Promise.resolve();
  }

  /** Resolves when Redis was reached, and also when it was not. */
  attempt(): Promise<void> {
    this.connecting ??= this.commands.connect().then(
      () => {
        this.isAttempted = true;
      },
      () => {
        this.isAttempted = true;
      },
    );
    return this.connecting;
  }
}
