import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import { isReplica } from './connection-error';
import { reportFullServer } from './full-server';
import { keepInUse } from './keep-in-use';
import { loggingIn, type Login } from './login';
import type { ClusterTarget, RedisTarget } from './redis-target';
import { tolerateRefusedInfo } from './refused-info';
import { sentinelOptions } from './sentinel-options';
import { serverConnector } from './server-connector';
import { tlsOptions } from './tls-files';
import type { PasswordSource } from '../../options/password-source';

type IORedis = typeof import('ioredis');

export type RedisClient = Redis | Cluster;

export interface RedisClientOptions {
  /** Shown by the server, which refuses a name with spaces. */
  readonly name: string | undefined;
  /** In milliseconds; applies separately to connecting, to the handshake and to each command. */
  readonly answerTimeout: number;
  /** In place of the password in the URL. */
  readonly password?: PasswordSource | undefined;
  /** That of the sentinels, in place of the one in the URL. */
  readonly sentinelPassword?: PasswordSource | undefined;
}

/**
 * In milliseconds. The system probes a connection that was idle for this long; Node lets it give up after
 * ten more seconds without an answer. A proxy that answers in the server's place is not detected; the other
 * timeouts cover that.
 */
const KEEP_ALIVE = 10_000;

/** In milliseconds: how long the other side may take to close a connection that is given up. */
const CLOSE_TIMEOUT = 500;

/** In milliseconds: the longest pause between two attempts to reconnect. */
const MAX_PAUSE = 2_000;

/** In milliseconds: the longest pause before the first one, which replaces a connection that was cut. */
const FIRST_PAUSE = 20;

/** Jitter, so that processes that lost the same server do not all reconnect at once. */
function pauseBefore(attempt: number): number {
  if (attempt === 1) return FIRST_PAUSE * Math.random();
  return Math.min(MAX_PAUSE, 50 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
}

/**
 * For non-blocking commands, shared by the whole process. While the server is away they fail at once, and a
 * command in flight when the connection broke is not resent.
 */
export function createCommandClient(target: RedisTarget, options: RedisClientOptions): RedisClient {
  const client = create(target, options, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: options.answerTimeout,
  });
  keepInUse(client);
  return client;
}

/**
 * For blocking commands, which wait for a job or an event. They also wait for the server.
 *
 * Has no `commandTimeout`, which would end each wait. BullMQ replaces the connection when a wait exceeds
 * its time by one second. A wait lasts five seconds for a job, and ten for an event or if a delayed job is
 * next.
 */
export function createBlockingClient(
  target: RedisTarget,
  options: RedisClientOptions,
): RedisClient {
  return create(target, options, { maxRetriesPerRequest: null });
}

/**
 * Closes a connection at once, in any state. By itself, a connection that pauses before its next attempt
 * would neither emit `end` nor reject the commands waiting for it.
 */
export function endClient(client: RedisClient): void {
  if (client.status === 'reconnecting') client.connect().catch(() => undefined);
  client.disconnect();
  for (const node of nodesOf.get(client) ?? []) node.disconnect();
  rejectKept(client as unknown as KeepsCommands);
}

/**
 * The connections that the client of a cluster has made to nodes. When a master is replaced while it connects, the
 * client may lose sight of one that is open (seen with ioredis 5.11); it would keep a process alive.
 */
const nodesOf = new WeakMap<RedisClient, Set<Redis>>();

function remember(client: RedisClient, node: Redis): void {
  const nodes = nodesOf.get(client) ?? new Set();
  nodesOf.set(client, nodes.add(node));
  node.once('end', () => nodes.delete(node));
}

/** Where ioredis keeps the commands in flight when a connection broke, to resend them on the next one. */
interface KeepsCommands {
  prevCommandQueue?: { shift(): { command: { reject(error: Error): void } } | undefined } | null;
}

/** ioredis does not reject them if a connection was opened and lost in between (read in 5.11). */
function rejectKept({ prevCommandQueue: kept }: KeepsCommands): void {
  for (let item = kept?.shift(); item !== undefined; item = kept?.shift()) {
    item.command.reject(new Error('Connection is closed.'));
  }
}

function create(
  target: RedisTarget,
  { name, answerTimeout, password, sentinelPassword }: RedisClientOptions,
  options: RedisOptions,
): RedisClient {
  const ioredis = loadIORedis();
  const login = password && { username: target.username, password, timeout: answerTimeout };
  const redisOptions: RedisOptions = {
    // ioredis must not know of a login that the connector makes: it would log in again.
    ...(login === undefined && { username: target.username, password: target.password }),
    tls: tlsOptions(target),
    connectionName: name,
    connectTimeout: answerTimeout,
    disconnectTimeout: CLOSE_TIMEOUT,
    keepAlive: KEEP_ALIVE,
    // The master has become a replica: a new connection reaches the new master.
    reconnectOnError: isReplica,
    ...options,
  };
  const client =
    target.kind === 'cluster'
      ? clusterClient(ioredis, target, { ...redisOptions, ...connectorFor(ioredis, login) })
      : new ioredis.Redis({
          ...redisOptions,
          ...(target.kind === 'single'
            ? { ...target.endpoint, ...connectorFor(ioredis, login) }
            : sentinelOptions(ioredis, target, {
                ...options,
                connectTimeout: answerTimeout,
                login,
                sentinelPassword,
              })),
          db: target.db,
          retryStrategy: pauseBefore,
        });
  // A client without a listener prints its errors; the failing commands report them.
  client.on('error', () => undefined);
  limitHandshake(client, answerTimeout);
  if (!client.isCluster) watchHandshake(client as Redis);
  client.on('+node', (node: Redis) => {
    remember(client, node);
    limitHandshake(node, answerTimeout);
    watchHandshake(node);
  });
  return client;
}

function connectorFor(ioredis: IORedis, login: Login | undefined): Pick<RedisOptions, 'Connector'> {
  const connector = serverConnector(ioredis);
  return { Connector: login === undefined ? connector : loggingIn(connector, login) };
}

function clusterClient(
  { Cluster }: IORedis,
  { nodes, tls }: ClusterTarget,
  redisOptions: RedisOptions,
): Cluster {
  const options: ClusterOptions = {
    redisOptions,
    enableOfflineQueue: redisOptions.enableOfflineQueue,
    lazyConnect: redisOptions.lazyConnect,
    clusterRetryStrategy: pauseBefore,
    // Certificates name hosts; a lookup would turn them into addresses.
    ...(tls && {
      dnsLookup: (host, done) => {
        done(null, host);
      },
    }),
  };
  return new Cluster([...nodes], options);
}

/** Its answers are not seen otherwise. */
function watchHandshake(connection: Redis): void {
  tolerateRefusedInfo(connection);
  reportFullServer(connection);
}

/**
 * ioredis limits the time to connect, and then waits for the handshake without a limit. A proxy that
 * accepts connections for a server that is away would keep it waiting.
 */
function limitHandshake(client: RedisClient, limit: number): void {
  let timer: NodeJS.Timeout | undefined;
  client.on('connect', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      client.disconnect(true);
    }, limit);
  });
  for (const event of ['ready', 'close', 'end']) {
    client.on(event, () => {
      clearTimeout(timer);
    });
  }
}

/** Loaded only for queues in Redis; other processes start faster without it. */
function loadIORedis(): IORedis {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- `import` would load it for all
  return require('ioredis') as IORedis;
}
