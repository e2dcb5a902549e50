import { createTestRedis, InterruptibleProxy, until, type TestRedis } from '@libs/testing';
import { describeOnRedis } from '../../store/testing/each-store';
import {
  createBlockingClient,
  createCommandClient,
  endClient,
  type RedisClient,
} from './redis-client';
import { parseRedisUrl } from './redis-url';

describeOnRedis('a connection to Redis, and whoever waits on it without a limit', () => {
  let redis: TestRedis;
  let proxy: InterruptibleProxy;
  let client: RedisClient;

  beforeEach(async () => {
    redis = await createTestRedis();
    proxy = await InterruptibleProxy.before(redis.url);
    client = createBlockingClient(parseRedisUrl(proxy.url), { name: 'test', answerTimeout: 500 });
  });

  afterEach(async () => {
    endClient(client);
    await until(() => client.status === 'end');
    await proxy.close();
    await redis.drop();
  });

  it('is given up if it is taken and nobody answers', async () => {
    proxy.silence({ newOnes: true });
    const pong = client.ping();
    await until(() => proxy.unanswered > 0);
    proxy.accept();
    expect(await pong).toBe('PONG');
  });

  it('ends, and with it the command that was under way when it was lost', async () => {
    await client.ping();
    const connections = jest.fn();
    client.on('connect', connections);
    const wait = client.blpop('nothing', 0);
    // Connections are accepted, and closed at once.
    proxy.refuse();
    await until(() => connections.mock.calls.length > 0);

    endClient(client);
    await expect(wait).rejects.toThrow('Connection is closed');
  });

  it.each([
    ['asks the sentinels', 'redis+sentinel://127.0.0.1:PORT/mymaster', undefined],
    ['logs in', 'redis://127.0.0.1:PORT', () => 'secret'],
  ])('is made again if a failover is reported while it %s', async (_, url, password) => {
    const target = parseRedisUrl(url.replace('PORT', String(proxy.port)));
    proxy.silence({ newOnes: true });
    const command = createCommandClient(target, { name: 'test', answerTimeout: 200, password });
    command.connect().catch(() => undefined);
    await until(() => proxy.unanswered > 0);
    // What ioredis does then.
    (command as unknown as { connector: { disconnect(): void } }).connector.disconnect();
    await until(() => command.status !== 'connecting');
    expect(command.status).toBe('reconnecting');
    endClient(command);
    await until(() => command.status === 'end');
  });
});
