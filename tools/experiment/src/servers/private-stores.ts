import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateOutbox, migrateQueueStore } from '@libs/queue';
import { type PrivatePostgres, privateRefuge, startPrivatePostgres } from '@tools/services';
import { guardFolder } from '../run/cleanup-guard';
import { freePort } from './free-port';
import { PrivateRedis } from './private-redis';
import { TcpProxy } from './tcp-proxy';

/** Where the queues are. */
export type StoreKind = 'postgres' | 'redis';

/** The servers of a run, each behind a network that can be broken. */
export interface ChaosStores {
  kind: StoreKind;
  postgres: PrivatePostgres;
  /** Only where the queues are in Redis. */
  redis: PrivateRedis | undefined;
  /** Through the networks; for the processes that are tested. */
  databaseUrl: string;
  queueUrl: string;
  /** Past the networks; for whoever watches. */
  direct: { databaseUrl: string; queueUrl: string };
  networks: readonly TcpProxy[];
  close(): Promise<void>;
}

/** Starts servers whose data is below `folder`, with the tables of the queues or of the outbox. */
export async function openStores(
  kind: StoreKind,
  folder: string,
  { appendfsync }: { appendfsync?: 'always' | 'everysec' } = {},
): Promise<ChaosStores> {
  const home = join(folder, 'servers');
  // A temporary folder is its owner's alone, and Postgres does not run as root.
  if (process.getuid?.() === 0) await chmod(folder, 0o755);
  await mkdir(home, { recursive: true });
  guardFolder(privateRefuge(home));
  const postgres = await startPrivatePostgres(home);
  const networks = [await TcpProxy.to(postgres.port)];
  const redis =
    kind === 'redis'
      ? new PrivateRedis(join(home, 'redis'), await freePort(), appendfsync)
      : undefined;
  const close = async () => {
    await Promise.all(networks.map((network) => network.close()));
    await redis?.stop();
    await postgres.stop();
  };
  try {
    const databaseUrl = withPort(postgres.url, networks[0]?.port);
    if (redis === undefined) {
      await migrateQueueStore(postgres.url);
      const direct = { databaseUrl: postgres.url, queueUrl: postgres.url };
      return { kind, postgres, redis, databaseUrl, queueUrl: databaseUrl, direct, networks, close };
    }
    await redis.start();
    await migrateOutbox(postgres.url);
    const network = await TcpProxy.to(redis.port);
    networks.push(network);
    const queueUrl = withPort(redis.url, network.port);
    const direct = { databaseUrl: postgres.url, queueUrl: redis.url };
    return { kind, postgres, redis, databaseUrl, queueUrl, direct, networks, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function withPort(address: string, port = 0): string {
  const url = new URL(address);
  url.port = String(port);
  return url.href;
}
