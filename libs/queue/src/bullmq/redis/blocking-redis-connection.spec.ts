import { createTestRedis } from '@libs/testing';
import { createBlockingClient } from '../../connection/redis/redis-client';
import { parseRedisUrl } from '../../connection/redis/redis-url';
import { describeOnRedis } from '../../store/testing/each-store';
import { BlockingRedisConnection } from './blocking-redis-connection';

describeOnRedis('the wait of a worker for a delayed job', () => {
  it('is not rounded up to whole seconds', async () => {
    const redis = await createTestRedis();
    const options = { name: 'test', answerTimeout: 5_000 };
    const client = createBlockingClient(parseRedisUrl(redis.url), options);
    const connection = new BlockingRedisConnection(client, 1_000);
    await connection.client;
    expect(connection.capabilities.canDoubleTimeout).toBe(true);
    await connection.close();
    await redis.drop();
  });
});
