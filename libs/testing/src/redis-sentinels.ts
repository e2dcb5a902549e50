import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { type RedisLaunch, RedisServer } from './redis-server';
import { until } from './until';

export interface RedisSentinelsOptions extends RedisLaunch {
  /** @default 3, the fewest of which a majority is left when one dies */
  readonly sentinels?: number;
  /** @default 1 */
  readonly replicas?: number;
  /** The name by which the sentinels know the master. @default 'mymaster' */
  readonly name?: string;
  /** In milliseconds: after this long without an answer, the master counts as dead. @default 500 */
  readonly downAfter?: number;
  /** Further options of redis.conf for the servers, such as `requirepass` (which the sentinels then use too). */
  readonly options?: Readonly<Record<string, string>>;
  /** The password of the sentinels themselves. */
  readonly sentinelPassword?: string;
  /** Servers and sentinels speak TLS only. The files must be PEM; the certificate is its own authority. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A master that is given to the sentinels, with what they call it. */
type Settings = RedisSentinelsOptions & { readonly name: string; readonly sentinels: number };

/**
 * A Redis with replicas and sentinels of one test, which may kill, freeze and restart each of them. The
 * sentinels look at each other and at the servers ten times as often as by default.
 */
export class RedisSentinels {
  private constructor(
    private readonly settings: Settings,
    /** The first one is the master at the start; {@link master} says which is one now. */
    readonly servers: readonly RedisServer[],
    readonly sentinels: readonly RedisServer[],
  ) {}

  /** Resolves once the sentinels know each other, and every replica is in step with its master. */
  static async start(options: RedisSentinelsOptions = {}): Promise<RedisSentinels> {
    const settings = { name: 'mymaster', sentinels: 3, ...options };
    const servers = await startServers(settings);
    const [master] = servers;
    const started = Array.from({ length: settings.sentinels }, (_, index) =>
      RedisServer.startSentinel(
        (port) => linesOfSentinel(settings, { port, master: master?.port ?? 0, index }),
        launchOf(settings, `sentinel-${index}`),
      ),
    );
    const set = new RedisSentinels(settings, servers, await Promise.all(started));
    try {
      await set.untilComplete();
    } catch (error) {
      await set.close();
      throw error;
    }
    return set;
  }

  /** All sentinels, and the name of the master: `redis+sentinel://127.0.0.1:1,127.0.0.1:2/mymaster`. */
  get url(): string {
    const { name, tls, options, sentinelPassword } = this.settings;
    const password = options?.['requirepass'];
    const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
    const hosts = this.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
    const query =
      sentinelPassword === undefined
        ? ''
        : `?sentinel_password=${encodeURIComponent(sentinelPassword)}`;
    return `${tls ? 'rediss' : 'redis'}+sentinel://${credentials}${hosts}/${name}${query}`;
  }

  /** The server that all living sentinels name, once it is the master. */
  async master(): Promise<RedisServer> {
    return until(() => this.agreedMaster(), { what: 'the sentinels to agree on a master' });
  }

  /** The servers that are not the master, dead or alive. */
  async replicas(): Promise<RedisServer[]> {
    const master = await this.master();
    return this.servers.filter((server) => server !== master);
  }

  /**
   * Makes a replica the master. A living master becomes its replica; a dead or frozen one is replaced by the
   * sentinels without being asked to, after `downAfter`.
   *
   * @returns the new master
   */
  async failOver(): Promise<RedisServer> {
    const before = await this.namedMaster();
    let askedAt = -Infinity;
    return until(
      async () => {
        const now = await this.agreedMaster().catch(() => undefined);
        if (now !== undefined && now !== before) return now;
        // An attempt may fail, and is not repeated while the master lives.
        if (Date.now() - askedAt < FAILOVER_TIMEOUT) return undefined;
        askedAt = Date.now();
        await this.ask(before, (admin) => admin.ping());
        await this.askSentinel((admin) => admin.call('SENTINEL', 'FAILOVER', this.settings.name));
        return undefined;
      },
      // Sentinels that a loaded machine has kept waiting for 2 s do nothing for 30 s (TILT).
      { what: 'the sentinels to replace the master', timeout: 100_000 },
    );
  }

  /** Resolves once every living replica is in step with the master: one that is not cannot be promoted. */
  async untilInStep(): Promise<void> {
    const { name } = this.settings;
    await until(
      () =>
        this.askSentinel(async (admin) => {
          const replicas = (await admin.call('SENTINEL', 'REPLICAS', name)) as string[][];
          const living = replicas
            .map(pairsOf)
            .filter((replica) => !replica.get('flags')?.includes('s_down'));
          const inStep = living.filter(
            (replica) =>
              replica.get('flags') === 'slave' && replica.get('master-link-status') === 'ok',
          );
          return living.length > 0 && inStep.length === living.length;
        }),
      { what: 'the replicas to be in step' },
    );
  }

  /** Runs commands on one of the servers or sentinels. */
  async ask<T>(server: RedisServer, work: (admin: Redis) => Promise<T>): Promise<T> {
    const { options, sentinelPassword, tls } = this.settings;
    const admin = new Redis({
      port: server.port,
      host: '127.0.0.1',
      password: this.sentinels.includes(server) ? sentinelPassword : options?.['requirepass'],
      ...(tls && { tls: { rejectUnauthorized: false } }),
      ...ONE_ATTEMPT,
    });
    // The failing command reports it.
    admin.on('error', () => undefined);
    try {
      return await work(admin);
    } finally {
      admin.disconnect();
    }
  }

  /** Stops all of them permanently, and deletes their data. */
  async close(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((server) => server.close()));
  }

  private async agreedMaster(): Promise<RedisServer | undefined> {
    const named = await Promise.all(
      this.sentinels.map((sentinel) => this.portNamedBy(sentinel).catch(() => undefined)),
    );
    const ports = new Set(named.filter((port) => port !== undefined));
    const server = this.servers.find(({ port }) => ports.size === 1 && ports.has(port));
    if (server === undefined) return undefined;
    const role = await this.ask(server, (admin) => admin.info('replication'));
    return role.includes('role:master') ? server : undefined;
  }

  private async namedMaster(): Promise<RedisServer> {
    const port = await this.askSentinel((_, sentinel) => this.portNamedBy(sentinel));
    const server = this.servers.find((candidate) => candidate.port === port);
    if (server === undefined) throw new Error('The sentinels name no server of this set.');
    return server;
  }

  private portNamedBy(sentinel: RedisServer): Promise<number> {
    return this.ask(sentinel, async (admin) => {
      const { name } = this.settings;
      const [, port] = (await admin.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)) as string[];
      return Number(port);
    });
  }

  /** Runs commands on the first sentinel that answers. */
  private async askSentinel<T>(
    work: (admin: Redis, sentinel: RedisServer) => Promise<T>,
  ): Promise<T> {
    const failures: unknown[] = [];
    for (const sentinel of this.sentinels) {
      try {
        return await this.ask(sentinel, (admin) => work(admin, sentinel));
      } catch (error) {
        failures.push(error);
      }
    }
    throw new AggregateError(failures, 'No sentinel answers.');
  }

  private async untilComplete(): Promise<void> {
    const { name } = this.settings;
    for (const sentinel of this.sentinels) await this.hurry(sentinel);
    for (const sentinel of this.sentinels) {
      await until(
        async () => {
          const master = await this.ask(sentinel, async (admin) =>
            pairsOf((await admin.call('SENTINEL', 'MASTER', name)) as string[]),
          );
          return (
            master.get('flags') === 'master' &&
            master.get('num-slaves') === String(this.servers.length - 1) &&
            master.get('num-other-sentinels') === String(this.sentinels.length - 1)
          );
        },
        { what: 'the sentinels to know each other' },
      );
    }
    await this.untilInStep();
  }

  /**
   * By default, a sentinel looks every 1, 2 and 10 seconds. It learns of a promotion within a second, also if
   * it is hurried; another one undoes a promotion that it was not told of for four times PUBLISH-PERIOD.
   */
  private async hurry(sentinel: RedisServer): Promise<void> {
    const periods = { PING: 100, INFO: 100, ASK: 100, PUBLISH: 500 };
    const args = Object.entries(periods).flatMap(([what, period]) => [`${what}-PERIOD`, period]);
    await this.ask(sentinel, (admin) => admin.call('SENTINEL', 'DEBUG', ...args));
  }
}

/** In milliseconds, between two sentinels that notice the same loss. */
const STAGGER = 250;

/** In milliseconds: how long one attempt to replace the master may take. */
const FAILOVER_TIMEOUT = 5_000;

const ONE_ATTEMPT = {
  connectTimeout: 1_000,
  commandTimeout: 1_000,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
} satisfies RedisOptions;

async function startServers(settings: Settings): Promise<RedisServer[]> {
  const { replicas = 1, options } = settings;
  const password = options?.['requirepass'];
  const start = (index: number, role: Record<string, string>) =>
    RedisServer.start(
      (port) => ({
        'repl-diskless-sync-delay': '0',
        ...(password !== undefined && { masterauth: password }),
        ...(settings.tls && Object.fromEntries(tlsOptions(settings.tls, port))),
        ...role,
        ...options,
      }),
      launchOf(settings, `server-${index}`),
    );
  const master = await start(0, {});
  const others = Array.from({ length: replicas }, (_, index) =>
    start(index + 1, { replicaof: `127.0.0.1 ${master.port}` }),
  );
  return [master, ...(await Promise.all(others))];
}

function linesOfSentinel(
  settings: Settings,
  { port, master, index }: { port: number; master: number; index: number },
): string[] {
  const { name, downAfter = 500, options, sentinelPassword, tls } = settings;
  const password = options?.['requirepass'];
  return [
    ...(tls ? tlsOptions(tls, port).map((option) => option.join(' ')) : []),
    // One notices first and asks the others for their votes. If all did at once, each would vote for itself.
    `sentinel monitor ${name} 127.0.0.1 ${master} 1`,
    `sentinel down-after-milliseconds ${name} ${downAfter + index * STAGGER}`,
    // Also the pause before another attempt, times two.
    `sentinel failover-timeout ${name} ${FAILOVER_TIMEOUT}`,
    ...(password === undefined ? [] : [`sentinel auth-pass ${name} ${password}`]),
    ...(sentinelPassword === undefined
      ? []
      : [`requirepass ${sentinelPassword}`, `sentinel sentinel-pass ${sentinelPassword}`]),
  ];
}

function tlsOptions(
  { certificate, key }: { certificate: string; key: string },
  port: number,
): [string, string][] {
  return [
    ['port', '0'],
    ['tls-port', String(port)],
    ['tls-cert-file', certificate],
    ['tls-key-file', key],
    ['tls-ca-cert-file', certificate],
    ['tls-auth-clients', 'no'],
    ['tls-replication', 'yes'],
  ];
}

function launchOf({ folder, guard }: Settings, name: string): RedisLaunch {
  return { ...(folder !== undefined && { folder: join(folder, name) }), ...(guard && { guard }) };
}

/** A reply that lists names and values in turn. */
function pairsOf(reply: string[]): Map<string, string> {
  const pairs = new Map<string, string>();
  for (let index = 0; index + 1 < reply.length; index += 2) {
    pairs.set(reply[index] ?? '', reply[index + 1] ?? '');
  }
  return pairs;
}
