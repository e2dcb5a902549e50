import type { ConnectionPool } from '@libs/health';
import { type IQueueBackend, QueueKeys } from 'bullmq';
import { dedicated } from '../connection/pool-use';
import { openSockets } from '../connection/redis/open-sockets';
import { FlowsUnsupportedError } from './flows-unsupported.error';
import { OtherDatabaseError } from '../connection/transaction.errors';
import { requireOnePassword } from './one-password';
import { type BackendRequest, QueueStore, type RedisAccess } from './queue-store';
import { RedisAnswers } from './redis-answers';
import { RedisKeys } from './redis-keys';
import type { AnyObserver } from '../observe/queue-observer';
import { SHUTDOWN_BUDGET } from '../options/shutdown-budget';
import type { QueueStoreOptions } from '../options/store-options';
import { settleWithin } from '../timing/settle-within';
import { BlockingRedisConnection } from '../bullmq/redis/blocking-redis-connection';
import { redisError } from '../connection/redis/connection-error';
import { fullError } from '../connection/redis/full-server';
import { BlockingClients } from '../connection/redis/blocking-clients';
import type { WithKeyLimits } from '../contract/key-limits';
import { LimitedRedisBackend } from '../bullmq/redis/limited-redis-backend';
import { RedisBackend, watchingAnswers } from '../bullmq/redis/redis-backend';
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
import { RightsCheck } from '../bullmq/redis/rights-check';
import { ReplicatedAdds } from '../bullmq/redis/replicated-adds';
import { SharedRedisConnection } from '../bullmq/redis/shared-redis-connection';

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
  readonly access: RedisAccess = {
    kind: 'redis',
    run: (command) => this.run(() => command(this.client)),
    keyPrefixOf: (queue) => `${this.keys.prefixOf(queue)}:${queue}:`,
  };
  private readonly target: RedisTarget;
  private readonly answerTimeout: number;
  private readonly passwords: Pick<QueueStoreOptions, 'password' | 'sentinelPassword'>;
  private readonly client: RedisClient;
  readonly pools: readonly ConnectionPool[];
  private readonly connection: SharedRedisConnection;
  /** The same connection for workers, which must not fail a step over a short loss of it. */
  private readonly workers: SharedRedisConnection;
  private readonly server: ServerCheck;
  private readonly answers: RedisAnswers;
  private readonly keys: RedisKeys;
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
    this.keys = new RedisKeys(this.target);
    this.answerTimeout = answerTimeout;
    const name = applicationName?.replace(/\s+/g, '-');
    const { password, sentinelPassword } = options;
    this.passwords = { password, sentinelPassword };
    this.client = createCommandClient(this.target, { name, answerTimeout, ...this.passwords });
    this.server = new ServerCheck(this.client, this.target);
    const account = this.target.username ?? 'default';
    this.rights = new RightsCheck(this.client, this.location, account);
    const { client, target, server, rights } = this;
    this.answers = new RedisAnswers({ client, target, server, rights, answerTimeout }, observer);
    const settled = () => this.answers.watch.settled();
    this.connection = new SharedRedisConnection(this.client, 0, settled);
    this.workers = new SharedRedisConnection(this.client, WORKER_PATIENCE, settled);
    if (this.target.kind === 'sentinel') followMaster(this.client, this.waiting);
    this.replication = new ReplicationCheck(this.client, this.location, replicas);
    const clients: Iterable<RedisClient>[] = [[this.client], this.waiting];
    const use = () =>
      dedicated(clients.flatMap((each) => [...each].map(openSockets)).reduce((a, b) => a + b, 0));
    this.pools = [{ name: 'queue store', location: this.location, max: undefined, use }];
    if (replicas === 0) return;
    const adding = createCommandClient(this.target, { name, answerTimeout, ...this.passwords });
    clients.push([adding]);
    this.replicated = new ReplicatedAdds(adding, {
      replicas,
      answerTimeout,
      location: this.location,
    });
  }

  protected override openBackend(...[queue, options, role]: BackendRequest): IQueueBackend {
    const prefix = this.keys.open(queue);
    const { keyLimits } = options as WithKeyLimits;
    const runsJobs = role?.withBlockingConnection === true;
    this.rights.add(`${prefix}:${queue}:`, { runsJobs, limitsByKey: keyLimits !== undefined });
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
    const Backend = keyLimits === undefined ? RedisBackend : LimitedRedisBackend;
    const backend = new Backend(
      queue,
      prefix,
      options,
      connection,
      blockingConnection,
      this.replicated,
    );
    return watchingAnswers<IQueueBackend>(backend, {
      failed: (method, error) => this.answers.translate(error, `${queue} ${method}`),
      done: (method, answer) => {
        this.answers.onDone(`${queue} ${method}`, answer);
      },
    });
  }

  async latestEventId(queue: string): Promise<string> {
    const { events } = new QueueKeys(this.keys.prefixOf(queue)).getKeys(queue);
    const newest = await this.run(() => this.client.xrevrange(events ?? '', '+', '-', 'COUNT', 1));
    return newest[0]?.[0] ?? '0-0';
  }

  /** On a cluster without a common prefix, each queue is on a node of its own. */
  requireFlows(job: string): void {
    const { kind, prefix } = this.target;
    if (kind === 'cluster' && prefix === undefined) {
      throw new FlowsUnsupportedError(job, this.location);
    }
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
    await this.run(() => this.keys.probeWrites(this.client));
    this.answers.refusals.onUsable();
    if (version === '') return;
    this.connection.serverVersion = version;
    this.workers.serverVersion = version;
  }

  /** An account may have rights to some queues only. */
  override checkQueues(): Promise<void> {
    return this.check();
  }

  override async checkAdds(): Promise<void> {
    await this.check();
    await this.run(() => this.replication.requireReplicas());
  }

  override stopWaiting(): void {
    this.workers.stopWaiting();
  }

  async close(): Promise<void> {
    this.answers.watch.stop();
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

  /** Runs a command of the store itself. */
  private async run<T>(command: () => Promise<T>): Promise<T> {
    await this.connection.attempt();
    return this.answers.run(command);
  }
}

/** BullMQ's `getWorkers()` identifies named workers by it. */
function workerSuffix(options: object): string {
  const name: unknown = Reflect.get(options, 'name');
  return typeof name === 'string' && name !== '' ? `:w:${name}` : '';
}
