import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestRedis, hasTestRedis, RedisServer, type TestRedis, until } from '@libs/testing';
import type { AppProcess } from './support/app.process';
import { notify } from './support/notify';
import { System } from './support/system';

// As everywhere: left out without a Redis, which the global setup says; a failure in CI.
const describeOnRedis = hasTestRedis() || process.env['CI'] === 'true' ? describe : describe.skip;

describeOnRedis('api and worker with QUEUE_URL=redis://…', () => {
  let redis: TestRedis;
  let system: System;
  let api: string;
  let worker: AppProcess;
  /** Where Node writes down what code the worker has loaded. */
  let loaded: string;

  beforeAll(async () => {
    redis = await createTestRedis();
    system = await System.create();
    loaded = await mkdtemp(join(tmpdir(), 'loaded-'));
    const env = { QUEUE_URL: redis.url };
    [{ url: api }, { app: worker }] = await Promise.all([
      system.startApi(env),
      system.startWorker({ ...env, NODE_V8_COVERAGE: loaded }),
    ]);
  });

  afterAll(async () => {
    await system.close();
    await rm(loaded, { recursive: true });
    await redis.drop();
  });

  it('send the mail of a notification, whose row and job are one commit', async () => {
    const response = await notify(api, 'On Redis');
    expect(response.status).toBe(202);
    const location = response.headers.get('location') ?? '';
    await until(async () => {
      const job = (await (await fetch(`${api}${location}`)).json()) as { state: string };
      return job.state === 'completed';
    });
    expect(system.smtp.messages.map(({ subject }) => subject)).toEqual(['On Redis']);
  });

  it('load nothing of traces and metrics, which no variable asks for', async () => {
    await worker.stop();
    const files = await readdir(loaded);
    const texts = await Promise.all(files.map((file) => readFile(join(loaded, file), 'utf8')));
    const chunks = texts.join().match(/chunks\/[\w.-]+/g) ?? [];
    expect(chunks.some((chunk) => chunk.startsWith('chunks/notification.processor-'))).toBe(true);
    expect(chunks.filter((chunk) => /chunks\/(?:tracing|metrics)-/.test(chunk))).toEqual([]);
  });
});

describeOnRedis('an api that is killed with jobs in its outbox, while Redis is away', () => {
  let redis: RedisServer;
  let system: System;

  beforeAll(async () => {
    redis = await RedisServer.start();
    system = await System.create();
  });

  afterAll(async () => {
    await system.close();
    await redis.close();
  });

  it('loses none: they are sent once an api and Redis are there again', async () => {
    const env = { QUEUE_URL: redis.url };
    const [{ app, url }] = await Promise.all([system.startApi(env), system.startWorker(env)]);
    await redis.kill();
    const subjects = ['one', 'two', 'three'];
    const accepted = await Promise.all(subjects.map((subject) => notify(url, subject)));
    expect(accepted.map(({ status }) => status)).toEqual([202, 202, 202]);
    app.kill('SIGKILL');
    expect(await app.exit()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(system.smtp.messages).toEqual([]);

    await redis.start();
    const { url: next } = await system.startApi(env);
    for (const response of accepted) {
      const job = `${next}${response.headers.get('location') ?? ''}`;
      await until(async () => {
        const { state } = (await (await fetch(job)).json()) as { state: string };
        return state === 'completed';
      });
    }
    const sent = system.smtp.messages.map(({ subject }) => subject);
    expect(sent.sort()).toEqual([...subjects].sort());
  });
});
