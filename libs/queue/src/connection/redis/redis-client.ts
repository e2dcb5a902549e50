import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import type { RedisTarget } from './redis-url';

export type RedisClient = Redis | Cluster;

export interface RedisClientOptions {
  /** As the server shows it; it refuses one with spaces. */
  readonly name: string | undefined;
  /** In milliseconds, for a connection to be made, once more for what is said first on it, and for a command. */
  readonly answerTimeout: number;
}

/**
 * In milliseconds. A connection on which nothing was said for so long is probed by the system; Node
 * has it give up after ten more seconds without an answer. Something between the two sides that
 * answers in the server's place is not found out by it: that is what the other times are for.
 */
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
export function createCommandClient(target: RedisTarget, options: RedisClientOptions): RedisClient {
  return create(target, options, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: options.answerTimeout,
  });
}

/**
 * For a command that waits for a job or an event. It waits for the server, too.
 *
 * It has no `commandTimeout`, which would end each wait. BullMQ replaces the connection when a wait is
 * not over one second after its time; a wait lasts five seconds for a job, and ten for an event or if a
 * delayed job is next.
 */
export function createBlockingClient(
  target: RedisTarget,
  options: RedisClientOptions,
): RedisClient {
  return create(target, options, { maxRetriesPerRequest: null });
}

/**
 * Ends a connection at once, in whatever state it is. One that pauses before its next attempt would by
 * itself neither say that it has ended nor reject the commands that wait for it.
 */
export function endClient(client: RedisClient): void {
  if (client.status === 'reconnecting') client.connect().catch(() => undefined);
  client.disconnect();
  rejectKept(client as unknown as KeepsCommands);
}

/** Where ioredis keeps what was under way when a connection broke, to send it again on the next one. */
interface KeepsCommands {
  prevCommandQueue?: { shift(): { command: { reject(error: Error): void } } | undefined } | null;
}

/** ioredis forgets to, if a connection was made and lost in between (read in 5.11). */
function rejectKept({ prevCommandQueue: kept }: KeepsCommands): void {
  for (let item = kept?.shift(); item !== undefined; item = kept?.shift()) {
    item.command.reject(new Error('Connection is closed.'));
  }
}

function create(
  target: RedisTarget,
  { name, answerTimeout }: RedisClientOptions,
  options: RedisOptions,
): RedisClient {
  const { Redis, Cluster } = loadIORedis();
  const redisOptions: RedisOptions = {
    username: target.username,
    password: target.password,
    tls: target.tls ? {} : undefined,
    connectionName: name,
    connectTimeout: answerTimeout,
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
  limitHandshake(client, answerTimeout);
  client.on('+node', (node: Redis) => {
    limitHandshake(node, answerTimeout);
  });
  return client;
}

/**
 * ioredis limits the time for a connection to be made, and then waits for ever for the answers to what
 * it says first. Something that takes connections for a server that is away would keep it waiting.
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
