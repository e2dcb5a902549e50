import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import * as z from 'zod';
import { RedisServer } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { RedisKindError } from '../connection/redis/server-kind.error';
import { openQueueStore } from './open-queue-store';
import type { QueueStore } from './queue-store';
import { reachStore } from './reach-store';
import { describeOnRedis } from './testing/each-store';

const mail = defineJob({ name: 'mail', data: z.object({}) });

/** Why a store of this URL is refused at the start. */
async function refusal(url: string): Promise<RedisKindError> {
  const error: unknown = await reachStore(await openQueueStore({ url }), { timeout: 20_000 }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RedisKindError)) throw new Error(`It was not refused: ${String(error)}`);
  return error;
}

describeOnRedis('a Redis of another kind than its URL says', () => {
  let master: RedisServer;
  let replica: RedisServer;
  let node: RedisServer;
  let store: QueueStore | undefined;

  beforeAll(async () => {
    [master, node] = await Promise.all([RedisServer.start(), RedisServer.startNode()]);
    replica = await RedisServer.start({ replicaof: `127.0.0.1 ${master.port}` });
    const admin = new Redis(node.url);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await admin.quit();
  });

  afterEach(async () => {
    await store?.close();
    store = undefined;
  });

  afterAll(() => Promise.all([replica, master, node].map((server) => server.close())));

  it('is refused if it is a node of a cluster: the message has the URL to use', async () => {
    const error = await refusal(`${node.url}?prefix=shop`);
    expect(error.kind).toBe('cluster node');
    const instead = `${node.url}?cluster=true&prefix={shop}`;
    expect(error.message).toContain(instead);
    store = await reachStore(await openQueueStore({ url: instead }));
    // It says so too where nothing else was asked before: here of the second database, which a cluster lacks.
    expect((await refusal(`${node.url}/3`)).kind).toBe('cluster node');
  });

  it('is refused if it is no cluster, without waiting for one', async () => {
    const error = await refusal(`${master.url}?cluster=true`);
    expect(error.kind).toBe('no cluster');
    expect(error.message).toContain(`Use ${master.url}/0`);
    const two = await refusal(`${master.url},127.0.0.1:${replica.port}`);
    expect(two.message).toContain(`the one that is the master: ${master.url}/0`);
  });

  it('is refused if it is a read replica: the message has the URL of its master, and no password', async () => {
    const error = await refusal(replica.url.replace('//', '//default:secret@'));
    expect(error.kind).toBe('replica');
    const instead = `redis://user:password@127.0.0.1:${master.port}/0`;
    expect(error.message).toContain(`the URL of its master: ${instead}`);
    expect(error.message).not.toContain('secret');
  });

  it('is not ready while it is a replica that was a master, and is ready again when it is one', async () => {
    const admin = new Redis(replica.url);
    try {
      await admin.call('REPLICAOF', 'NO', 'ONE');
      store = await reachStore(await openQueueStore({ url: replica.url }));
      await admin.call('REPLICAOF', '127.0.0.1', master.port);
      await expect(store.check()).rejects.toMatchObject({ code: 'REDIS_KIND', kind: 'replica' });
      await admin.call('REPLICAOF', 'NO', 'ONE');
      await reachStore(store);
    } finally {
      await admin.call('REPLICAOF', '127.0.0.1', master.port);
      await admin.quit();
    }
  });

  it('is named by the add of a process that connects on first use', async () => {
    const module = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ url: node.url, lazy: true }), QueueModule.forFeature(mail)],
    }).compile();
    const producer = module.get<JobProducer<typeof mail>>(getJobProducerToken(mail));
    await expect(producer.add({})).rejects.toMatchObject({ kind: 'cluster node' });
    await module.close();
  });
});
