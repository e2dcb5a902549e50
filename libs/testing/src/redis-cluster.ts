import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type RedisLaunch, RedisServer } from './redis-server';
import { until } from './until';

export interface RedisClusterOptions extends RedisLaunch {
  /** @default 3, the fewest that detect and replace a dead master */
  readonly masters?: number;
  /** Whether each master has a replica, which takes over when the master is dead. @default false */
  readonly replicas?: boolean;
  /** In milliseconds: after this long without an answer, a node counts as dead. @default 2000 */
  readonly nodeTimeout?: number;
  /** Further options of redis.conf, for each node. */
  readonly options?: Readonly<Record<string, string>>;
}

const SLOTS = 16_384;

/**
 * A Redis cluster of one test, which may kill, freeze and restart its nodes: each is a {@link RedisServer}.
 * The slots are spread over the masters, so that while one is away without a replica, the cluster is down.
 */
export class RedisCluster {
  private constructor(
    /** The masters at the start; {@link nodeOf} tells who is one now. */
    readonly masters: readonly RedisServer[],
    /** `replicas[n]` is the one of `masters[n]` at the start. */
    readonly replicas: readonly RedisServer[],
  ) {}

  /** Resolves once every node knows all others and every replica is in step with its master. */
  static async start({
    masters = 3,
    replicas = false,
    nodeTimeout = 2_000,
    options,
    folder,
    guard,
  }: RedisClusterOptions = {}): Promise<RedisCluster> {
    const count = replicas ? masters * 2 : masters;
    const settings = { 'cluster-node-timeout': String(nodeTimeout), ...options };
    const nodes = await Promise.all(
      Array.from({ length: count }, (_, index) =>
        RedisServer.startNode(settings, {
          ...(folder !== undefined && { folder: join(folder, `node-${index}`) }),
          ...(guard && { guard }),
        }),
      ),
    );
    const cluster = new RedisCluster(nodes.slice(0, masters), nodes.slice(masters));
    try {
      await cluster.connect();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  get nodes(): readonly RedisServer[] {
    return [...this.masters, ...this.replicas];
  }

  /** All nodes of the start: `redis://127.0.0.1:1,127.0.0.1:2`. */
  get url(): string {
    return `redis://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** The master that holds a key now. A key in braces names a queue: `{bull:email}`. */
  async nodeOf(key: string): Promise<RedisServer> {
    for (const node of this.nodes) {
      const port = await ask(node, (admin) => ownerOf(admin, key)).catch(() => undefined);
      const owner = this.nodes.find((candidate) => candidate.port === port);
      if (owner !== undefined) return owner;
    }
    throw new Error(`No node of the cluster answers, or none holds ${key}.`);
  }

  /** The other one of the pair that `node` belongs to: its replica, or its master. */
  partnerOf(node: RedisServer): RedisServer {
    const { masters, replicas } = this;
    const partner = replicas[masters.indexOf(node)] ?? masters[replicas.indexOf(node)];
    if (partner === undefined) throw new Error('This node has no replica.');
    return partner;
  }

  /**
   * Makes the replica of a master the master. A living master becomes its replica; a dead or frozen one
   * does so once it is back. (A cluster with replicas does so by itself after a `nodeTimeout`.)
   *
   * @returns the new master
   */
  async failOver(master: RedisServer): Promise<RedisServer> {
    const replica = this.partnerOf(master);
    const isAlive = await ask(master, (admin) => admin.ping()).then(
      () => true,
      () => false,
    );
    if (isAlive) await until(() => ask(replica, isInStep), { what: 'the replica to be in step' });
    // Asking again would begin anew; a planned one is given up after five seconds if the others did not vote.
    const takeOver = async (): Promise<boolean> => {
      await ask(replica, (admin) =>
        admin.call('CLUSTER', 'FAILOVER', ...(isAlive ? [] : ['TAKEOVER'])),
      );
      return until(() => ask(replica, isMaster), { timeout: 6_000 });
    };
    await until(takeOver, { what: 'the replica to become the master' });
    return replica;
  }

  /** Resolves once the cluster serves all slots, as all of its living nodes see it. */
  async untilOk(nodes: readonly RedisServer[] = this.nodes): Promise<void> {
    for (const node of nodes) {
      await until(async () => (await clusterInfo(node)).includes('cluster_state:ok'), {
        what: 'the cluster to be ok',
      });
    }
  }

  /** The state of the cluster as the living nodes beside this one see it. */
  async stateBeside(without: RedisServer): Promise<'ok' | 'fail'> {
    const living = this.nodes.filter((node) => node !== without);
    const infos = await Promise.all(living.map(clusterInfo));
    return infos.every((info) => info.includes('cluster_state:fail')) ? 'fail' : 'ok';
  }

  /** Stops all nodes permanently, and deletes their data. */
  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
  }

  private async connect(): Promise<void> {
    const [first] = this.nodes;
    const known = first && /^(\w+) \S+?:(\d+)@(\d+)/.exec(await ask(first, nodesOf));
    for (const [index, node] of this.nodes.entries()) {
      await ask(node, async (admin) => {
        await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
        if (index < this.masters.length) {
          const start = (part: number) => Math.floor((part * SLOTS) / this.masters.length);
          await admin.call('CLUSTER', 'ADDSLOTSRANGE', start(index), start(index + 1) - 1);
        }
        if (index > 0 && known) {
          await admin.call('CLUSTER', 'MEET', '127.0.0.1', known[2] ?? '', known[3] ?? '');
        }
      });
    }
    await this.untilAllKnown();
    await Promise.all(this.replicas.map((replica) => this.follow(replica)));
    await this.untilOk();
  }

  private async untilAllKnown(): Promise<void> {
    const all = `cluster_known_nodes:${this.nodes.length}\r`;
    for (const node of this.nodes) {
      await until(async () => {
        const handshakes = (await ask(node, nodesOf)).includes('handshake');
        return !handshakes && (await clusterInfo(node)).includes(all);
      });
    }
  }

  private async follow(replica: RedisServer): Promise<void> {
    const id = await ask(this.partnerOf(replica), async (admin) =>
      String(await admin.call('CLUSTER', 'MYID')),
    );
    await ask(replica, (admin) => admin.call('CLUSTER', 'REPLICATE', id));
    await until(() => ask(replica, isInStep), { what: 'the replica to be in step' });
    // The others must know, too: a replica without their votes cannot take over.
    for (const node of this.nodes) {
      const line = new RegExp(`:${replica.port}@\\S+ \\S*slave `);
      await until(async () => line.test(await ask(node, nodesOf)));
    }
  }
}

const nodesOf = async (admin: Redis): Promise<string> =>
  String(await admin.call('CLUSTER', 'NODES'));

const clusterInfo = (node: RedisServer): Promise<string> =>
  ask(node, async (admin) => String(await admin.call('CLUSTER', 'INFO')));

const isInStep = async (admin: Redis): Promise<boolean> =>
  (await admin.info('replication')).includes('link_status:up');

const isMaster = async (admin: Redis): Promise<boolean> => (await admin.role())[0] === 'master';

async function ownerOf(admin: Redis, key: string): Promise<number | undefined> {
  const slot = Number(await admin.call('CLUSTER', 'KEYSLOT', key));
  const ranges = (await admin.call('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
  return ranges.find(([first, last]) => first <= slot && slot <= last)?.[2][1];
}

/** Runs commands on one node, which may be dead. */
async function ask<T>({ url }: RedisServer, work: (admin: Redis) => Promise<T>): Promise<T> {
  const admin = new Redis(url, {
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    commandTimeout: 2_000,
    lazyConnect: true,
    enableReadyCheck: false,
  });
  // The failing command reports it.
  admin.on('error', () => undefined);
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    admin.disconnect();
  }
}
