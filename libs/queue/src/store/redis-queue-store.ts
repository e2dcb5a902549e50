import { once } from 'node:events';
import { type IQueueBackend, QueueKeys } from 'bullmq';
import { OtherDatabaseError } from '../connection/transaction.errors';
import { QueueFullError, QueueRefusingError } from '../connection/queue-refusing.errors';
import { QueueAccessError } from '../connection/queue-access.error';
import { TwoPasswordsError } from '../connection/two-passwords.error';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { RefusalWatch } from '../connection/refusal-watch';
import { type BackendRequest, QueueStore } from './queue-store';
import type { AnyObserver } from '../observe/queue-observer';
import { SHUTDOWN_BUDGET } from '../options/shutdown-budget';
import type { QueueStoreOptions } from '../options/store-options';
import { settleWithin } from '../timing/settle-within';
import { BlockingRedisConnection } from '../bullmq/blocking-redis-connection';
import {
  isRefused,
  isReplica,
  isTimeout,
  isUnsent,
  redisError,
} from '../connection/redis/connection-error';
import { fullError } from '../connection/redis/full-server';
import { BlockingClients } from '../connection/redis/blocking-clients';
import { ConnectionWatch } from '../connection/redis/connection-watch';
import { RedisBackend, watchingAnswers } from '../bullmq/redis-backend';
import {
  createBlockingClient,
  createCommandClient,
  endClient,
  type RedisClient,
} from '../connection/redis/redis-client';
import { followMaster } from '../connection/redis/follow-master';
import type { RedisTarget } from '../connection/redis/redis-target';
import { ReplicationCheck } from '../connection/redis/replication-check';
import { parseRedisUrl } from '../connection/redis/redis-url';
import { ServerCheck } from '../connection/redis/server-check';
import { RedisKindError } from '../connection/redis/server-kind.error';
import { wrongKind } from '../connection/redis/server-kind';
import { RightsCheck } from '../bullmq/rights-check';
import { ReplicatedAdds } from '../bullmq/replicated-adds';
import { probeWrites } from '../connection/redis/write-probe';
import { SharedRedisConnection } from '../bullmq/shared-redis-connection';

/** BullMQ's default, so that its other tools find the queues. */
const DEFAULT_PREFIX = 'bull';

/** In milliseconds, to open a connection and to answer a command. */
const ANSWER_TIMEOUT = 5_000;

/** In milliseconds. BullMQ's worker retries a failed step after 15 s. */
const WORKER_PATIENCE = 10_000;

/**
 * The queues of a process in Redis or Valkey, or in a cluster: one connection for commands, and a blocking
 * one for each worker and each event reader.
 */
export class RedisQueueStore extends QueueStore {
  readonly location: string;
  private readonly target: RedisTarget;
  private readonly answerTimeout: number;
  private readonly passwords: Pick<QueueStoreOptions, 'password' | 'sentinelPassword'>;
  private readonly client: RedisClient;
  private readonly connection: SharedRedisConnection;
  /** The same connection for workers, which must not fail a step over a short loss of it. */
  private readonly workers: SharedRedisConnection;
  private readonly watch: ConnectionWatch;
  private readonly server: ServerCheck;
  private readonly refusals: RefusalWatch;
  private isReconnecting = false;
  /** Of the queues that are open, with what the keys of one of them begin with. */
  private readonly prefixes = new Map<string, string>();
  /** The blocking connections of workers and event readers. */
  private readonly waiting = new BlockingClients();
  /** Set if jobs must be on replicas. */
  private readonly replicated: ReplicatedAdds | undefined;
  private readonly replication: ReplicationCheck;
  private readonly rights: RightsCheck;

  /**
   * @throws InvalidRedisUrlError
   * @throws TwoPasswordsError if there is a password in the URL and another one in the options.
   */
  constructor(options: QueueStoreOptions, observer: AnyObserver) {
    super();
    const { url, applicationName, answerTimeout = ANSWER_TIMEOUT, replicas = 0 } = options;
    this.target = parseRedisUrl(url);
    requireOnePassword(this.target, options);
    this.location = this.target.location;
    this.answerTimeout = answerTimeout;
    const name = applicationName?.replace(/\s+/g, '-');
    const { password, sentinelPassword } = options;
    this.passwords = { password, sentinelPassword };
    this.client = createCommandClient(this.target, { name, answerTimeout, ...this.passwords });
    this.refusals = new RefusalWatch(this.location, observer);
    // A connection to a replica is given up, which is no loss of its own.
    const isExplained = () => this.refusals.isRefusing || this.isReconnecting;
    this.watch = new ConnectionWatch(this.client, this.target, observer, isExplained);
    this.server = new ServerCheck(this.client, this.target);
    const settled = () => this.watch.settled();
    this.connection = new SharedRedisConnection(this.client, 0, settled);
    this.workers = new SharedRedisConnection(this.client, WORKER_PATIENCE, settled);
    if (this.target.kind === 'sentinel') followMaster(this.client, this.waiting);
    const account = this.target.username ?? 'default';
    this.rights = new RightsCheck(this.client, this.location, account);
    this.replication = new ReplicationCheck(this.client, this.location, replicas);
    if (replicas === 0) return;
    const adding = createCommandClient(this.target, { name, answerTimeout, ...this.passwords });
    this.replicated = new ReplicatedAdds(adding, {
      replicas,
      answerTimeout,
      location: this.location,
    });
  }

  protected override openBackend(...[queue, options, role]: BackendRequest): IQueueBackend {
    const prefix = this.prefixOf(queue);
    this.prefixes.set(prefix, `${prefix}:${queue}`);
    this.rights.add(`${prefix}:${queue}:`, { runsJobs: role?.withBlockingConnection === true });
    const waiting = (): BlockingRedisConnection => {
      const suffix = workerSuffix(options);
      const name = `${prefix}:${Buffer.from(queue).toString('base64')}${suffix}`;
      const { target, answerTimeout, passwords } = this;
      const client = createBlockingClient(target, { name, answerTimeout, ...passwords });
      this.waiting.add(client);
      return new BlockingRedisConnection(client, answerTimeout);
    };
    const [connection, blockingConnection] =
      role?.withBlockingConnection === true
        ? [this.workers, waiting()]
        : [role?.blocking === true ? waiting() : this.connection];
    const backend = new RedisBackend(
      queue,
      prefix,
      options,
      connection,
      blockingConnection,
      this.replicated,
    );
    return watchingAnswers<IQueueBackend>(backend, {
      failed: (method, error) => this.translate(error, `${queue} ${method}`),
      done: (method, answer) => {
        this.onDone(`${queue} ${method}`, answer);
      },
    });
  }

  async latestEventId(queue: string): Promise<string> {
    const { events } = new QueueKeys(this.prefixOf(queue)).getKeys(queue);
    const newest = await this.run(() => this.client.xrevrange(events ?? '', '+', '-', 'COUNT', 1));
    return newest[0]?.[0] ?? '0-0';
  }

  sharesDatabase(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** @throws OtherDatabaseError always: Redis cannot take part in a Postgres transaction. */
  addInTransaction(...[, queue]: Parameters<QueueStore['addInTransaction']>): Promise<string[]> {
    return Promise.reject(new OtherDatabaseError(queue.name, this.location));
  }

  /**
   * @throws QueueUnreachableError if it does not answer.
   * @throws QueueRefusingError if it answers, and takes no jobs for now.
   * @throws QueueFullError if its memory is full.
   * @throws QueueAccessError if it refuses the login.
   * @throws RedisRightsError if its account may not do what the queues opened so far need.
   * @throws RedisKindError if it is of another kind than its URL says, or of one that holds no queues.
   * @throws EvictionPolicyError if it evicts keys when its memory is full.
   * @throws RedisVersionError if it is too old.
   */
  async check(): Promise<void> {
    const { version, isFull } = await this.run(() => this.server.check());
    const { failure } = this.waiting;
    if (failure !== undefined) throw redisError(isFull ? fullError() : failure, this.location);
    await this.run(() => this.replication.check());
    // Before the attempt to write, which would only say that one right is missing.
    await this.run(() => this.rights.check(version));
    await this.run(() => this.probeWrites());
    this.refusals.onUsable();
    if (version === '') return;
    this.connection.serverVersion = version;
    this.workers.serverVersion = version;
  }

  async close(): Promise<void> {
    this.watch.stop();
    this.connection.stop();
    this.workers.stop();
    this.replicated?.close();
    // QUIT lets pending commands finish first; a silent server does not answer it.
    if (this.client.status === 'ready') {
      const quitting = this.client.quit().catch(() => undefined);
      await settleWithin(SHUTDOWN_BUDGET.connections.time, quitting);
    }
    endClient(this.client);
    this.waiting.end();
  }

  /**
   * On each node that holds a queue of this process, with a key that no job has. It is one of a queue, because the
   * account may have no other.
   */
  private async probeWrites(): Promise<void> {
    const { prefix = DEFAULT_PREFIX, kind } = this.target;
    const known = [...this.prefixes.values()];
    if (known.length > 0) {
      await probeWrites(
        this.client,
        known.map((queue) => `${queue}:write:probe`),
      );
    } else if (kind !== 'cluster') {
      await probeWrites(this.client, [`${prefix}::probe`]).catch((error: unknown) => {
        if (!isRefused(error)) throw error;
      });
    }
  }

  /** Runs a command of the store itself. */
  private async run<T>(command: () => Promise<T>): Promise<T> {
    await this.connection.attempt();
    await this.watch.settled();
    const refusal = this.watch.refusal ?? this.server.refusal;
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
  private translate(error: unknown, step: string): unknown {
    // The connection may be half-open: the next command gets another.
    if (isTimeout(error)) this.reconnect();
    // The connection to a replica was given up, and the next one is not there yet.
    if (isUnsent(error) && this.refusals.latest !== undefined) return this.refusals.latest;
    const translated = wrongKind(error, this.target) ?? redisError(error, this.location);
    if (translated instanceof QueueAccessError) this.rights.expire();
    if (translated instanceof QueueRefusingError || translated instanceof QueueFullError) {
      this.refusals.onRefused(step, translated);
      return translated;
    }
    // The connection knows why it cannot be reached; the command does not.
    return translated instanceof QueueUnreachableError
      ? this.watch.explain(translated)
      : translated;
  }

  private onDone(step: string, answer: unknown): void {
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
    const signal = AbortSignal.timeout(this.answerTimeout);
    await once(this.client, 'ready', { signal }).catch(() => undefined);
    this.isReconnecting = false;
  }

  private reconnect(): void {
    if (this.client.status === 'ready') this.client.disconnect(true);
  }

  /**
   * On a cluster, braces keep the keys of a queue on one node. Each queue has braces of its own, so that
   * queues are spread over the nodes.
   */
  private prefixOf(queue: string): string {
    const { prefix, kind } = this.target;
    return prefix ?? (kind === 'cluster' ? `{${DEFAULT_PREFIX}:${queue}}` : DEFAULT_PREFIX);
  }
}

/** BullMQ's `getWorkers()` identifies named workers by it. */
function workerSuffix(options: object): string {
  const name: unknown = Reflect.get(options, 'name');
  return typeof name === 'string' && name !== '' ? `:w:${name}` : '';
}

function requireOnePassword(
  target: RedisTarget,
  { password, sentinelPassword }: QueueStoreOptions,
): void {
  if (password !== undefined && target.password !== undefined) {
    throw new TwoPasswordsError(target.location, 'password');
  }
  if (sentinelPassword === undefined) return;
  if (target.kind === 'sentinel' && target.sentinelPassword !== undefined) {
    throw new TwoPasswordsError(target.location, 'sentinelPassword');
  }
}
