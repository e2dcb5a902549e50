import { createTestRedis, InterruptibleProxy, until, type TestRedis } from '@libs/testing';
import { describeOnRedis } from '../testing/each-store';
import { createBlockingClient, endClient, type RedisClient } from './redis-client';
import { parseRedisUrl } from './redis-url';

describeOnRedis('a connection to Redis that is taken, and on which nobody answers', () => {
  let redis: TestRedis;
  let proxy: InterruptibleProxy;
  let client: RedisClient;

  beforeEach(async () => {
    redis = await createTestRedis();
    proxy = await InterruptibleProxy.before(redis.url);
    proxy.silence({ newOnes: true });
    client = createBlockingClient(parseRedisUrl(proxy.url), { name: 'test', answerTimeout: 500 });
  });

  afterEach(async () => {
    const ended = new Promise((resolve) => client.once('end', resolve));
    endClient(client);
    await ended;
    await proxy.close();
    await redis.drop();
  });

  it('is given up, also by who waits without a limit', async () => {
    const pong = client.ping();
    await until(() => proxy.unanswered > 0);
    proxy.accept();
    expect(await pong).toBe('PONG');
  });
});
