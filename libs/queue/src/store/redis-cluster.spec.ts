import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import * as z from 'zod';
import { RedisCluster, type RedisServer, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { startProcessor } from '../testing/queue-harness';
import { FlowsUnsupportedError } from './flows-unsupported.error';
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

const sumJob = defineJob({
  name: 'sum',
  data: z.object({}),
  result: z.number(),
  children: { doubles: doubleJob },
});

@JobProcessor(sumJob)
class SumProcessor extends JobHost<typeof sumJob> {
  handle({ children: { doubles } }: JobContext<typeof sumJob>) {
    return doubles.reduce((sum, { result }) => sum + result.doubled, 0);
  }
}

const greetJob = defineJob({ name: 'greet', data: z.object({}) });

describeOnRedis('a cluster', () => {
  let cluster: RedisCluster;

  afterEach(() => cluster.close());

  const keysOf = (node: RedisServer | undefined, pattern: string): Promise<string[]> =>
    onServer(node?.url ?? '', (client) => client.keys(pattern));

  it('keeps the keys of a queue together, and runs its jobs', async () => {
    cluster = await RedisCluster.start({ masters: 1 });
    const url = `${cluster.url}?cluster=true`;
    const harness = await startProcessor(DoubleProcessor, { url });
    expect(await harness.run({ value: 4 })).toMatchObject({ result: { doubled: 8 } });
    await harness.producer.addBulk([{ data: { value: 5 } }, { data: { value: 6 } }]);
    await harness.close();

    const keys = await keysOf(cluster.masters[0], '*');
    expect(keys.length).toBeGreaterThan(1);
    expect(keys.filter((key) => !key.startsWith('{bull:double}:double:'))).toEqual([]);
  });

  it('of several nodes is found by one of them, and each queue is on one', async () => {
    cluster = await RedisCluster.start();
    const harness = await startProcessor(DoubleProcessor, {
      url: cluster.url,
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
        cluster.masters.map(async (node) => (await keysOf(node, `{bull:${queue}}:*`)).length),
      );
      expect(counts.filter((count) => count > 0)).toHaveLength(1);
    }

    // A job and its children are on different nodes, unless they have a prefix in common.
    const start = (url: string) =>
      Test.createTestingModule({
        imports: [
          QueueModule.forRoot({ url }),
          QueueModule.forFeature(sumJob),
          QueueWorkerModule.forProcessors([DoubleProcessor, SumProcessor]),
        ],
      }).compile();
    await expect(start(cluster.url)).rejects.toThrow(FlowsUnsupportedError);
    // A worker may have no producer.
    await expect(startWorker(cluster.url)).rejects.toThrow(FlowsUnsupportedError);
    const app = await start(`${cluster.url}?prefix={jobs}`);
    app.useLogger(false);
    await app.init();
    const sums = app.get<JobProducer<typeof sumJob>>(getJobProducerToken(sumJob), {
      strict: false,
    });
    const children = { doubles: [{ data: { value: 1 } }, { data: { value: 2 } }] };
    const { id } = await sums.add({}, { children });
    const ended = await until(async () => {
      const snapshot = await app.get(JobsReader).get('sum', id);
      return snapshot?.finishedAt && snapshot;
    });
    expect(ended).toMatchObject({ state: 'completed', result: 6 });
    await app.close();
  });

  async function startWorker(url: string): Promise<void> {
    const app = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ url }), QueueWorkerModule.forProcessors([SumProcessor])],
    }).compile();
    app.useLogger(false);
    await app.init().finally(() => app.close().catch(() => undefined));
  }
});

async function onServer<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url);
  try {
    return await work(client);
  } finally {
    await client.quit();
  }
}
