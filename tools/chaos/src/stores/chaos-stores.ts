import { migrateOutbox, migrateQueueStore } from '@libs/queue';
import { InterruptibleProxy } from '@libs/testing';
import { type PrivateServers, startPrivateServers } from '@tools/experiment';
import type { StoreKind } from '../faults/schedule';
import { type ReplicatedRedis, startReplicatedRedis } from './replicated-redis';

interface StoreUrls {
  databaseUrl: string;
  queueUrl: string;
}

/** The servers of a run, each behind a network that can be interrupted. */
export interface ChaosStores {
  servers: PrivateServers;
  /** A Redis with replicas. Clients learn the addresses of its servers from itself: no network is before them. */
  replicated: ReplicatedRedis | undefined;
  /** One in front of each server. */
  networks: readonly InterruptibleProxy[];
  /** Through the networks: for the processes under test. */
  proxied: StoreUrls;
  /** Past the networks: for the controller. */
  direct: StoreUrls;
  close(): Promise<void>;
}

/**
 * Starts the servers below `folder`, with the tables of the queues or of the outbox.
 *
 * @param replicas how many replicas must be connected for a master to take writes
 */
export async function openStores(
  kind: StoreKind,
  folder: string,
  replicas: number,
): Promise<ChaosStores> {
  const servers = await startPrivateServers(folder, kind === 'redis' ? { redis: 'always' } : {});
  const networks: InterruptibleProxy[] = [];
  let replicated: ReplicatedRedis | undefined;
  const close = async () => {
    await Promise.all(networks.map((network) => network.close()));
    await replicated?.close();
    await servers.close();
  };
  const proxy = async ({ url }: { url: string }) => {
    const network = await InterruptibleProxy.before(url);
    networks.push(network);
    return network.url;
  };
  const { postgres, redis } = servers;
  try {
    await (kind === 'postgres' ? migrateQueueStore(postgres.url) : migrateOutbox(postgres.url));
    const databaseUrl = await proxy(postgres);
    if (kind === 'cluster' || kind === 'sentinel') {
      replicated = await startReplicatedRedis(kind, folder, replicas);
    }
    const queueUrl = replicated?.url ?? (redis ? await proxy(redis) : databaseUrl);
    const direct = {
      databaseUrl: postgres.url,
      queueUrl: (replicated ?? redis ?? postgres).url,
    };
    return { servers, replicated, networks, proxied: { databaseUrl, queueUrl }, direct, close };
  } catch (error) {
    await close();
    throw error;
  }
}
