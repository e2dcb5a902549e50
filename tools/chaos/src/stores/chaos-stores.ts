import { migrateOutbox, migrateQueueStore } from '@libs/queue';
import { InterruptibleProxy } from '@libs/testing';
import { type PrivateServers, startPrivateServers } from '@tools/experiment';
import type { StoreKind } from '../faults/schedule';

interface StoreUrls {
  databaseUrl: string;
  queueUrl: string;
}

/** The servers of a run, each behind a network that can be interrupted. */
export interface ChaosStores {
  servers: PrivateServers;
  /** One in front of each server. */
  networks: readonly InterruptibleProxy[];
  /** Through the networks: for the processes under test. */
  proxied: StoreUrls;
  /** Past the networks: for the controller. */
  direct: StoreUrls;
  close(): Promise<void>;
}

/** Starts the servers below `folder`, with the tables of the queues or of the outbox. */
export async function openStores(kind: StoreKind, folder: string): Promise<ChaosStores> {
  const servers = await startPrivateServers(folder, kind === 'redis' ? { redis: 'always' } : {});
  const networks: InterruptibleProxy[] = [];
  const close = async () => {
    await Promise.all(networks.map((network) => network.close()));
    await servers.close();
  };
  const proxy = async ({ url }: { url: string }) => {
    const network = await InterruptibleProxy.before(url);
    networks.push(network);
    return network.url;
  };
  const { postgres, redis } = servers;
  try {
    await (redis ? migrateOutbox(postgres.url) : migrateQueueStore(postgres.url));
    const databaseUrl = await proxy(postgres);
    const queueUrl = redis ? await proxy(redis) : databaseUrl;
    const direct = { databaseUrl: postgres.url, queueUrl: (redis ?? postgres).url };
    return { servers, networks, proxied: { databaseUrl, queueUrl }, direct, close };
  } catch (error) {
    await close();
    throw error;
  }
}
