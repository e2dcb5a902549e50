import { once } from 'node:events';
import type { RightsCheck } from '../bullmq/redis/rights-check';
import { QueueAccessError } from '../connection/queue-access.error';
import { QueueFullError, QueueRefusingError } from '../connection/queue-refusing.errors';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { isReplica, isTimeout, isUnsent, redisError } from '../connection/redis/connection-error';
import { ConnectionWatch } from '../connection/redis/connection-watch';
import type { RedisClient } from '../connection/redis/redis-client';
import type { RedisTarget } from '../connection/redis/redis-target';
import type { ServerCheck } from '../connection/redis/server-check';
import { wrongKind } from '../connection/redis/server-kind';
import { RedisKindError } from '../connection/redis/server-kind.error';
import { RefusalWatch } from '../connection/refusal-watch';
import type { AnyObserver } from '../observe/queue-observer';

/** The connection for commands of a store, and what is asked of it. */
export interface CommandConnection {
  readonly client: RedisClient;
  readonly target: RedisTarget;
  /** In milliseconds. */
  readonly answerTimeout: number;
  readonly server: Pick<ServerCheck, 'refusal'>;
  readonly rights: Pick<RightsCheck, 'expire'>;
}

/**
 * What the answers of a Redis mean: the error for the caller, whether the server refuses for a while, and whether
 * the connection has to be opened anew.
 */
export class RedisAnswers {
  readonly refusals: RefusalWatch;
  readonly watch: ConnectionWatch;
  private readonly client: RedisClient;
  private readonly target: RedisTarget;
  private isReconnecting = false;

  constructor(
    private readonly connection: CommandConnection,
    observer: AnyObserver,
  ) {
    const { client, target } = connection;
    this.client = client;
    this.target = target;
    this.refusals = new RefusalWatch(target.location, observer);
    // A connection to a replica is given up, which is no loss of its own.
    const isExplained = () => this.refusals.isRefusing || this.isReconnecting;
    this.watch = new ConnectionWatch(client, target, observer, isExplained);
  }

  /** Runs a command of the store itself, and translates its error. */
  async run<T>(command: () => Promise<T>): Promise<T> {
    await this.watch.settled();
    const refusal = this.watch.refusal ?? this.connection.server.refusal;
    if (refusal !== undefined) throw refusal;
    try {
      return await command();
    } catch (error) {
      // A failover: the next check asks the new master, if the URL leads to it.
      const isFormerMaster = error instanceof RedisKindError && error.kind === 'replica';
      if (isFormerMaster || isReplica(error)) await this.reconnected();
      throw this.translate(error, 'check');
    }
  }

  /** @param step what was refused, if the server refuses it */
  translate(error: unknown, step: string): unknown {
    // The connection may be half-open: the next command gets another.
    if (isTimeout(error)) this.reconnect();
    // The connection to a replica was given up, and the next one is not there yet.
    if (isUnsent(error) && this.refusals.latest !== undefined) return this.refusals.latest;
    const translated = wrongKind(error, this.target) ?? redisError(error, this.target.location);
    if (translated instanceof QueueAccessError) this.connection.rights.expire();
    if (
      translated instanceof QueueRefusingError ||
      translated instanceof QueueFullError ||
      translated instanceof QueueAccessError
    ) {
      this.refusals.onRefused(step, translated);
      return translated;
    }
    // The connection knows why it cannot be reached; the command does not.
    return translated instanceof QueueUnreachableError
      ? this.watch.explain(translated)
      : translated;
  }

  onDone(step: string, answer: unknown): void {
    this.refusals.onDone(step);
    // The answers of a transaction, in which ioredis does not look for errors.
    if (Array.isArray(answer) && answer.some((part) => Array.isArray(part) && isReplica(part[0]))) {
      this.reconnect();
    }
  }

  /** Resolves when the next connection is ready, or cannot be made. */
  private async reconnected(): Promise<void> {
    this.isReconnecting = true;
    this.reconnect();
    const signal = AbortSignal.timeout(this.connection.answerTimeout);
    await once(this.client, 'ready', { signal }).catch(() => undefined);
    this.isReconnecting = false;
  }

  private reconnect(): void {
    if (this.client.status === 'ready') this.client.disconnect(true);
  }
}
