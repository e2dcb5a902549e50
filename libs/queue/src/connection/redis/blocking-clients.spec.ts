import { createTestRedis, InterruptibleProxy, type TestRedis, until } from '@libs/testing';
import { describeOnRedis } from '../../store/testing/each-store';
import { QueueUnreachableError } from '../queue-unreachable.error';
import { BlockingClients } from './blocking-clients';
import { redisError } from './connection-error';
import { createBlockingClient } from './redis-client';
import { parseRedisUrl } from './redis-url';

describeOnRedis('a blocking connection', () => {
  let redis: TestRedis;
  let proxy: InterruptibleProxy;
  const clients = new BlockingClients();

  beforeAll(async () => {
    redis = await createTestRedis();
    proxy = await InterruptibleProxy.before(redis.url);
  });

  afterAll(async () => {
    clients.end();
    await until(() => [...clients].length === 0);
    await proxy.close();
    await redis.drop();
  });

  it('that is closed without an error is away for a while, until it is back', async () => {
    const target = parseRedisUrl(proxy.url);
    const client = createBlockingClient(target, { name: 'test', answerTimeout: 500 });
    clients.add(client);
    await client.ping();
    expect(clients.failure).toBeUndefined();
    // Connections are accepted, and closed at once.
    proxy.refuse();
    await until(() => clients.failure !== undefined);
    expect(redisError(clients.failure, target.location)).toBeInstanceOf(QueueUnreachableError);
    proxy.accept();
    await until(() => clients.failure === undefined);
  });
});
