import { join } from 'node:path';
import { RedisServer, until } from '@libs/testing';
import { type Experiment, guardProcess } from '@tools/experiment';
import { Redis } from 'ioredis';

/** Starts a replica of a Redis; resolves once it has all data. */
export async function startReplica(
  { scratch }: Experiment,
  { port }: RedisServer,
): Promise<RedisServer> {
  const replica = await RedisServer.start(
    { replicaof: `127.0.0.1 ${port}`, appendfsync: 'everysec' },
    { folder: join(scratch, 'servers', 'replica'), guard: guardProcess },
  );
  const client = new Redis(replica.url);
  try {
    await until(async () => (await client.info('replication')).includes('link_status:up'), {
      what: 'the replica to follow its master',
    });
  } finally {
    client.disconnect();
  }
  return replica;
}
