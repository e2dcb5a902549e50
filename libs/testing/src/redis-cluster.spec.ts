import { Redis } from 'ioredis';
import { RedisCluster } from './redis-cluster';
import { hasTestRedis } from './test-redis';
import { until } from './until';

const describeWithRedis = hasTestRedis() ? describe : describe.skip;

describeWithRedis('a Redis cluster for tests', () => {
  let cluster: RedisCluster;
  let client: Redis;

  beforeAll(async () => {
    cluster = await RedisCluster.start({ replicas: true });
  });

  afterAll(() => cluster.close());

  it('keeps its keys when a master dies and its replica takes over, and when the master is back', async () => {
    const master = await cluster.nodeOf('{bull:email}');
    expect(cluster.masters).toContain(master);
    client = new Redis(master.url);
    await client.set('{bull:email}:id', '7');
    await client.wait(1, 5_000);
    await client.quit();

    await master.kill();
    const next = await cluster.failOver(master);
    expect(next).toBe(cluster.partnerOf(master));
    expect(await cluster.nodeOf('{bull:email}')).toBe(next);
    client = new Redis(next.url);
    expect(await client.get('{bull:email}:id')).toBe('7');
    await client.quit();

    await master.start();
    await cluster.untilOk();
    expect(await cluster.failOver(next)).toBe(master);
  });

  it('is down while a master without a replica is away', async () => {
    const alone = await RedisCluster.start({ nodeTimeout: 500 });
    try {
      const [first, second] = alone.masters;
      await second?.kill();
      client = new Redis(first?.url ?? '');
      const answer = () => client.get('x').catch((error: unknown) => String(error));
      await until(async () => (await answer())?.includes('CLUSTERDOWN'));
      await client.quit();
      await second?.start();
      await alone.untilOk();
    } finally {
      await alone.close();
    }
  });
});
