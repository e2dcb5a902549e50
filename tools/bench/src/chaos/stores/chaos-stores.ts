import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateQueueStore } from '@libs/queue';
import { type PrivatePostgres, startPrivatePostgres } from '@tools/services';
import type { StoreKind } from '../schedule';
import { TcpProxy } from '../tcp-proxy';

/** The servers of a run, each behind a network that can be broken. */
export interface ChaosStores {
  kind: StoreKind;
  postgres: PrivatePostgres;
  /** Through the networks; for the processes that are tested. */
  databaseUrl: string;
  queueUrl: string;
  /** Past the networks; for whoever watches. */
  direct: { databaseUrl: string; queueUrl: string };
  networks: readonly TcpProxy[];
  close(): Promise<void>;
}

/** Starts servers whose data is below `folder`, with BullMQ's tables. */
export async function openStores(kind: StoreKind, folder: string): Promise<ChaosStores> {
  const home = join(folder, 'servers');
  await mkdir(home, { recursive: true });
  const postgres = await startPrivatePostgres(home);
  const network = await TcpProxy.to(postgres.port);
  const databaseUrl = withPort(postgres.url, network.port);
  await migrateQueueStore(postgres.url);
  return {
    kind,
    postgres,
    databaseUrl,
    queueUrl: databaseUrl,
    direct: { databaseUrl: postgres.url, queueUrl: postgres.url },
    networks: [network],
    close: async () => {
      await network.close();
      await postgres.stop();
    },
  };
}

function withPort(address: string, port: number): string {
  const url = new URL(address);
  url.port = String(port);
  return url.href;
}
