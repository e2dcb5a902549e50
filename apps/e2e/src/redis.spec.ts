import { createTestRedis, hasTestRedis, type TestRedis, until } from '@libs/testing';
import { System } from './support/system';

// As everywhere: left out without a Redis, which the global setup says; a failure in CI.
const describeOnRedis = hasTestRedis() || process.env['CI'] === 'true' ? describe : describe.skip;

describeOnRedis('api and worker with QUEUE_URL=redis://…', () => {
  let redis: TestRedis;
  let system: System;
  let api: string;

  beforeAll(async () => {
    redis = await createTestRedis();
    system = await System.create();
    const env = { QUEUE_URL: redis.url };
    [{ url: api }] = await Promise.all([system.startApi(env), system.startWorker(env)]);
  });

  afterAll(async () => {
    await system.close();
    await redis.drop();
  });

  it('send the mail of a notification, whose row and job are one commit', async () => {
    const response = await fetch(`${api}/notifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: 'ada@example.com', subject: 'On Redis', text: 'Hello' }),
    });
    expect(response.status).toBe(202);
    const location = response.headers.get('location') ?? '';
    await until(async () => {
      const job = (await (await fetch(`${api}${location}`)).json()) as { state: string };
      return job.state === 'completed';
    });
    expect(system.smtp.messages.map(({ subject }) => subject)).toEqual(['On Redis']);
  });
});
