import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import type { RedisTarget } from './redis-url';

export type RedisClient = Redis | Cluster;

/** In milliseconds. A socket that has gone quiet is found out within it. */
const COMMAND_TIMEOUT = 5_000;
const CONNECT_TIMEOUT = 5_000;
const KEEP_ALIVE = 10_000;

/** In milliseconds, the longest pause between two attempts to connect again. */
const MAX_PAUSE = 2_000;

/** Processes that lost the same server do not all come back at once. */
function pauseBefore(attempt: number): number {
  return Math.min(MAX_PAUSE, 50 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
}

/**
 * For commands that answer at once, shared by the whole process. While the server is away they fail
 * at once, and one that was under way when the connection broke is not sent a second time.
 */
export function createCommandClient(target: RedisTarget, name: string | undefined): RedisClient {
  return create(target, {
    connectionName: name,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT,
  });
}

/** For a command that waits for a job or an event. It waits for the server, too. */
export function createBlockingClient(target: RedisTarget, name: string): RedisClient {
  return create(target, { connectionName: name, maxRetriesPerRequest: null });
}

/**
 * Ends a connection at once, in whatever state it is. One that pauses before its next attempt would by
 * itself neither say that it has ended nor reject the commands that wait for it.
 */
export function endClient(client: RedisClient): void {
  if (client.status === 'reconnecting') client.connect().catch(() => undefined);
  client.disconnect();
}

function create(target: RedisTarget, options: RedisOptions): RedisClient {
  const { Redis, Cluster } = loadIORedis();
  const redisOptions: RedisOptions = {
    username: target.username,
    password: target.password,
    tls: target.tls ? {} : undefined,
    connectTimeout: CONNECT_TIMEOUT,
    keepAlive: KEEP_ALIVE,
    // A former master that has become a replica: another connection leads to the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...options,
  };
  const client = target.cluster
    ? new Cluster([...target.nodes], clusterOptions(redisOptions, target))
    : new Redis({
        ...redisOptions,
        ...target.nodes[0],
        db: target.db,
        retryStrategy: pauseBefore,
      });
  // A client without a listener prints its errors; they are told by the commands that fail.
  client.on('error', () => undefined);
  return client;
}

function clusterOptions(redisOptions: RedisOptions, { tls }: RedisTarget): ClusterOptions {
  return {
    redisOptions,
    enableOfflineQueue: redisOptions.enableOfflineQueue,
    lazyConnect: redisOptions.lazyConnect,
    clusterRetryStrategy: pauseBefore,
    // Certificates name hosts; a lookup would make addresses of them.
    ...(tls && {
      dnsLookup: (host, done) => {
        done(null, host);
      },
    }),
  };
}

/** Loaded by those who have their queues in Redis: the others start faster without it. */
function loadIORedis(): typeof import('ioredis') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- `import` would load it for all
  return require('ioredis') as typeof import('ioredis');
}
