import { Redis } from 'ioredis';
import * as z from 'zod';
import { RedisServer, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext } from '../../consumer';
import { defineJob } from '../../contract/define-job';
import { startProcessor } from '../../testing/queue-harness';
import { describeOnRedis } from '../testing/each-store';

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

describeOnRedis('a cluster', () => {
  let server: RedisServer;
  let admin: Redis;

  beforeEach(async () => {
    server = await RedisServer.start({
      'cluster-enabled': 'yes',
      'cluster-announce-ip': '127.0.0.1',
    });
    admin = new Redis(server.url);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await until(async () => String(await admin.call('CLUSTER', 'INFO')).includes('state:ok'));
  });

  afterEach(async () => {
    await admin.quit();
    await server.close();
  });

  it('keeps the keys of a queue together, and runs its jobs', async () => {
    const harness = await startProcessor(DoubleProcessor, { url: `${server.url}?cluster=true` });
    expect(await harness.run({ value: 4 })).toMatchObject({ result: { doubled: 8 } });
    await harness.producer.addBulk([{ data: { value: 5 } }, { data: { value: 6 } }]);
    await harness.close();

    const keys = await admin.keys('*');
    expect(keys.length).toBeGreaterThan(1);
    expect(keys.filter((key) => !key.startsWith('{bull:double}:double:'))).toEqual([]);
  });
});
