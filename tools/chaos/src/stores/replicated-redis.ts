import { join } from 'node:path';
import { RedisCluster, type RedisServer, RedisSentinels, until } from '@libs/testing';
import { ExperimentError, guardProcess } from '@tools/experiment';
import { hasRedis, REDIS_HINT } from '@tools/services';
import { Redis } from 'ioredis';
import { CLUSTER_PREFIX } from './queue-watch';

/** A Redis whose master is replaced by a replica. */
export interface ReplicatedRedis {
  readonly url: string;
  /**
   * Kills the master of the queue and waits until it is replaced by a replica, as nodes and sentinels decide by
   * themselves. Then starts it again, as a replica.
   *
   * @returns the ports of the old and the new master, for the log
   */
  replaceDeadMaster(): Promise<string>;
  /**
   * The same with a master that is frozen, as one that was cut off: when it goes on, it is still a master for a moment, and
   * answers what it was sent meanwhile.
   */
  replaceFrozenMaster(): Promise<string>;
  /** Lets a replica take over from a master that lives. @returns the same */
  handOver(): Promise<string>;
  close(): Promise<void>;
}

/** @param replicas how many replicas must be connected for a master to take writes (`min-replicas-to-write`) */
export async function startReplicatedRedis(
  kind: 'cluster' | 'sentinel',
  folder: string,
  replicas: number,
): Promise<ReplicatedRedis> {
  if (!hasRedis()) throw new ExperimentError(`redis-server is not installed: ${REDIS_HINT}.`);
  const launch = { folder: join(folder, 'servers', kind), guard: guardProcess };
  const options = {
    'repl-diskless-sync-delay': '0',
    ...(replicas > 0 && { 'min-replicas-to-write': String(replicas) }),
  };
  return kind === 'cluster'
    ? replaceableNode(await RedisCluster.start({ ...launch, replicas: true, options }))
    : replaceableMaster(await RedisSentinels.start({ ...launch, options }));
}

/** How a master fails, and comes back. */
interface Failure {
  readonly begin: (server: RedisServer) => Promise<void> | void;
  readonly end: (server: RedisServer) => Promise<void> | void;
}

const KILLED: Failure = { begin: (server) => server.kill(), end: (server) => server.start() };

const FROZEN: Failure = {
  begin: (server) => {
    server.freeze();
  },
  end: (server) => {
    server.thaw();
  },
};

function replaceableNode(cluster: RedisCluster): ReplicatedRedis {
  const master = () => cluster.nodeOf(CLUSTER_PREFIX);
  const replace = async ({ begin, end }: Failure): Promise<string> => {
    const failed = await master();
    await begin(failed);
    const next = cluster.partnerOf(failed);
    await until(async () => (await master()) === next, { what: 'the cluster to elect a master' });
    await end(failed);
    await untilFollowing(failed);
    await cluster.untilOk();
    return nameOf(failed, next);
  };
  return {
    url: `${cluster.url}?prefix=${encodeURIComponent(CLUSTER_PREFIX)}`,
    close: () => cluster.close(),
    replaceDeadMaster: () => replace(KILLED),
    replaceFrozenMaster: () => replace(FROZEN),
    async handOver() {
      const before = await master();
      const next = await cluster.failOver(before);
      await untilFollowing(before);
      await cluster.untilOk();
      return nameOf(before, next);
    },
  };
}

function replaceableMaster(set: RedisSentinels): ReplicatedRedis {
  const replace = async ({ begin, end }: Failure): Promise<string> => {
    const failed = await set.master();
    await begin(failed);
    const next = await set.failOver();
    await end(failed);
    await untilFollowing(failed);
    await set.untilInStep();
    return nameOf(failed, next);
  };
  return {
    url: set.url,
    close: () => set.close(),
    replaceDeadMaster: () => replace(KILLED),
    replaceFrozenMaster: () => replace(FROZEN),
    async handOver() {
      const before = await set.master();
      const next = await set.failOver();
      await untilFollowing(before);
      await set.untilInStep();
      return nameOf(before, next);
    },
  };
}

/** A replica that is not in step can neither confirm jobs nor take over. */
async function untilFollowing({ url, port }: RedisServer): Promise<void> {
  const client = new Redis(url);
  client.on('error', () => undefined);
  try {
    await until(async () => (await client.info('replication')).includes('link_status:up'), {
      what: `the Redis on port ${port} to follow the new master`,
    });
  } finally {
    client.disconnect();
  }
}

function nameOf(before: RedisServer, after: RedisServer): string {
  return `${before.port}, replaced by ${after.port}`;
}
