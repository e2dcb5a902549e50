import { RedisConnection, type RedisClient as BullClient } from 'bullmq';
import type { RedisClient } from '../../connection/redis/redis-client';
import { isUsable, Renewal } from '../../connection/redis/renewal';
import { IdleCheck } from './idle-check';
import { Bell } from '../../timing/bell';

/**
 * One connection for the commands of every queue and worker of a process. By default BullMQ creates one for
 * each.
 *
 * Differences from its parent:
 * - A user that closes does not close it; the store does.
 * - A user waits a limited time while Redis is away; then the command fails. Without such a limit, only the
 *   first connection attempt is awaited, and the first one after a loss.
 * - Its errors do not reach its users: the store reports a lost connection once for all of them.
 */
export class SharedRedisConnection extends RedisConnection {
  /** From the last check of the server; BullMQ chooses between old and new commands by it. */
  serverVersion = '6.2.0';
  private connecting: Promise<void> | undefined;
  private isAttempted = false;
  private isStopped = false;
  /** Rung when Redis is back, and when waiting for it must end. */
  private readonly back = new Bell();

  private readonly idle: IdleCheck;

  /**
   * @param patience in milliseconds
   * @param settled awaited after the first attempt, and while a lost connection may be replaced at once
   */
  constructor(
    private readonly commands: RedisClient,
    private patience = 0,
    private readonly settled = settledBy(new Renewal(commands)),
  ) {
    super(commands, {
      shared: true,
      blocking: false,
      skipVersionCheck: true,
      skipWaitingForReady: true,
    });
    // Each queue, worker and event reader adds its own listeners.
    this.setMaxListeners(Infinity);
    commands.setMaxListeners(Infinity);
    commands.on('ready', this.back.ring);
    this.idle = new IdleCheck(commands);
  }

  override get client(): Promise<BullClient> {
    if (!this.isAttempted) {
      return this.attempt()
        .then(this.settled)
        .then(() => this.ready());
    }
    if (isUsable(this.commands)) {
      const checked = this.idle.beforeUse();
      return checked === undefined ? super.client : checked.then(() => this.whenBack());
    }
    return this.whenBack();
  }

  private whenBack(): Promise<BullClient> {
    if (isUsable(this.commands)) return super.client;
    if (this.patience === 0) return this.settled().then(() => this.ready());
    return this.back.after(this.back.rings, this.patience).then(() => this.ready());
  }

  /** A command fails while a cluster is away. A pipeline would wait instead: without a limit, even when it is closed. */
  private ready(): Promise<BullClient> {
    const { status } = this.commands;
    if (!this.commands.isCluster || status === 'ready') return super.client;
    return Promise.reject(new Error(`Cluster isn't ready (${status})`));
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

  /** Resolves whether or not Redis was reached. */
  attempt(): Promise<void> {
    // A queue that was opened just before may ask only now.
    if (this.isStopped) return Promise.resolve();
    this.connecting ??= this.firstAttempt().finally(() => {
      this.isAttempted = true;
    });
    return this.connecting;
  }

  /** The promise of a cluster's client stays pending if the cluster is reached and is not usable (ioredis 5.11). */
  private firstAttempt(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.commands.off('close', done);
        resolve();
      };
      this.commands.on('close', done);
      this.commands.connect().then(done, done);
    });
  }

  /** Ends all waits for Redis, and waits no more. */
  stopWaiting(): void {
    this.patience = 0;
    this.back.ring();
  }

  /** Connects no more, ends all waits for Redis, and waits no more. */
  stop(): void {
    this.isStopped = true;
    this.stopWaiting();
  }
}

function settledBy(renewal: Renewal): () => Promise<void> {
  return async () => {
    await renewal.pending;
  };
}
