import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import * as z from 'zod';
import { RedisCluster, type RedisServer, until } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { describeOnRedis } from './testing/each-store';

const noteJob = defineJob({ name: 'note', data: z.object({}) });
const otherJob = defineJob({ name: 'other', data: z.object({}) });

/** What keeps the keys of the queue on one node. */
const QUEUE = '{bull:note}';

describeOnRedis('jobs that must be on replicas of a cluster', () => {
  let cluster: RedisCluster;
  let app: INestApplicationContext;

  beforeAll(async () => {
    cluster = await RedisCluster.start({ replicas: true });
    const testing = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: cluster.url, replicas: 1 }),
        QueueModule.forFeature(noteJob, otherJob),
      ],
    }).compile();
    testing.useLogger(false);
    app = await testing.init();
  }, 60_000);

  afterAll(async () => {
    await app.close();
    await cluster.close();
  });

  const producerOf = (job: typeof noteJob | typeof otherJob) =>
    app.get<JobProducer<typeof noteJob>>(getJobProducerToken(job), { strict: false });

  /** The ids of the jobs that a node has. */
  async function jobsOn(node: RedisServer): Promise<Set<string>> {
    const admin = new Redis(node.url, { readOnly: true });
    try {
      const keys = await admin.keys(`${QUEUE}:note:job-*`);
      return new Set(keys.map((key) => key.slice(`${QUEUE}:note:`.length)));
    } finally {
      admin.disconnect();
    }
  }

  it('are on the replica of their own node, and all that were added before and after a failover are on the new master', async () => {
    const master = await cluster.nodeOf(QUEUE);
    const added: string[] = [];
    const failures: unknown[] = [];
    let count = 0;
    let isOver = false;
    const keepAdding = async () => {
      while (!isOver && failures.length < 100) {
        const jobId = `job-${(count += 1)}`;
        await Promise.all([producerOf(noteJob).add({}, { jobId }), producerOf(otherJob).add({})])
          .then(() => added.push(jobId))
          .catch((error: unknown) => failures.push(error));
      }
    };
    const adding = [keepAdding(), keepAdding(), keepAdding()];
    await until(() => added.length > 100);
    const confirmed = [...added];
    const onReplica = await jobsOn(cluster.partnerOf(master));
    expect(confirmed.filter((id) => !onReplica.has(id))).toEqual([]);

    const promoted = await cluster.failOver(master);
    const before = added.length;
    await until(() => added.length > before + 100);
    isOver = true;
    await Promise.all(adding);
    const onPromoted = await jobsOn(promoted);
    expect(added.filter((id) => !onPromoted.has(id))).toEqual([]);
    // A planned failover sends clients to the new master.
    for (const failure of failures) {
      expect(failure).toMatchObject({
        code: expect.stringMatching(/^(TOO_FEW_REPLICAS|QUEUE_UNREACHABLE)$/) as string,
      });
    }
  });
});
