import { hasTestRedis, RedisServer, until } from '@libs/testing';
import { Redis } from 'ioredis';
import { System } from './support/system';

const describeOnRedis = hasTestRedis() || process.env['CI'] === 'true' ? describe : describe.skip;

describeOnRedis('a start on a Redis that takes no more clients (maxclients)', () => {
  let system: System;
  let redis: RedisServer;
  let others: Redis[];

  beforeAll(async () => {
    system = await System.create();
    redis = await RedisServer.start({ maxclients: '3' });
    others = [1, 2, 3].map(() => new Redis(redis.port));
    await Promise.all(others.map((client) => client.ping()));
  });

  afterAll(async () => {
    for (const client of others) client.disconnect();
    await system.close();
    await redis.close();
  });

  it.each(['api', 'worker'] as const)('the %s ends in time, with the reason', async (name) => {
    const env = {
      QUEUE_URL: redis.url,
      CONNECT_TIMEOUT: '2s',
      WORKER_HTTP: 'off',
      SMTP_URL: system.smtp.url,
    };
    const app = system.start(name, env);
    expect((await app.exit()).code).toBe(1);
    expect(app.output).toMatch(/raise its `maxclients`/);
  });

  it.each(['api', 'worker'] as const)(
    'the %s that is told to stop while it waits stops in order',
    async (name) => {
      const app = system.start(name, {
        QUEUE_URL: redis.url,
        WORKER_HTTP: 'off',
        SMTP_URL: system.smtp.url,
      });
      await until(() => app.output.includes('maxclients') || !app.running);
      expect(await app.stop()).toEqual({ code: 0, signal: null });
    },
  );
});
