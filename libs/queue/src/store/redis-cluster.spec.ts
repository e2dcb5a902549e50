import { Redis } from 'ioredis';
import * as z from 'zod';
import { RedisServer, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { startProcessor } from '../testing/queue-harness';
import { describeOnRedis } from './testing/each-store';

const doubleJob = defineJob({
  name: 'double',
  data: z.object({ value: z.number() }),
  result: z.object({ doubled: z.number() }),
});

@JobProcessor(doubleJob)
class DoubleProcessor extends JobHost<typeof doubleJob> {
  handle({ data }: JobContext<typeof doubleJob>) {
    return { doubled: data.value * 2 };
  }
}

const greetJob = defineJob({ name: 'greet', data: z.object({}) });

describeOnRedis('a cluster', () => {
  let servers: RedisServer[];
  let admins: Redis[];

  async function start(nodes: number): Promise<void> {
    servers = await Promise.all(Array.from({ length: nodes }, () => RedisServer.startNode()));
    admins = servers.map(({ url }) => new Redis(url));
    const [first] = servers;
    for (const [index, admin] of admins.entries()) {
      const share = (part: number) => Math.floor((part * 16_384) / nodes);
      await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', share(index), share(index + 1) - 1);
      if (index > 0 && first !== undefined) {
        const [, port, busPort] = /:(\d+)@(\d+)/.exec(await myself(admins[0])) ?? [];
        await admin.call('CLUSTER', 'MEET', '127.0.0.1', port ?? '', busPort ?? '');
      }
    }
    for (const admin of admins) {
      await until(async () => {
        const info = String(await admin.call('CLUSTER', 'INFO'));
        return info.includes('state:ok') && info.includes(`cluster_known_nodes:${nodes}\r`);
      });
    }
  }

  const myself = async (admin: Redis | undefined): Promise<string> =>
    String(await admin?.call('CLUSTER', 'NODES'));

  afterEach(async () => {
    await Promise.all(admins.map((admin) => admin.quit()));
    await Promise.all(servers.map((server) => server.close()));
  });

  it('keeps the keys of a queue together, and runs its jobs', async () => {
    await start(1);
    const url = `${servers[0]?.url ?? ''}?cluster=true`;
    const harness = await startProcessor(DoubleProcessor, { url });
    expect(await harness.run({ value: 4 })).toMatchObject({ result: { doubled: 8 } });
    await harness.producer.addBulk([{ data: { value: 5 } }, { data: { value: 6 } }]);
    await harness.close();

    const keys = (await admins[0]?.keys('*')) ?? [];
    expect(keys.length).toBeGreaterThan(1);
    expect(keys.filter((key) => !key.startsWith('{bull:double}:double:'))).toEqual([]);
  });

  it('of several nodes is found by one of them, and each queue is on one', async () => {
    await start(3);
    const url = `redis://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
    const harness = await startProcessor(DoubleProcessor, {
      url,
      imports: [QueueModule.forFeature(greetJob)],
    });
    expect(await harness.run({ value: 4 })).toMatchObject({ result: { doubled: 8 } });
    const greet = harness.app.get<JobProducer<typeof greetJob>>(getJobProducerToken(greetJob), {
      strict: false,
    });
    await greet.add({});
    await harness.close();

    for (const queue of ['double', 'greet']) {
      const counts = await Promise.all(
        admins.map(async (admin) => (await admin.keys(`{bull:${queue}}:*`)).length),
      );
      expect(counts.filter((count) => count > 0)).toHaveLength(1);
    }
  });
});
