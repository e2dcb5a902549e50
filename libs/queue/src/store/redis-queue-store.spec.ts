import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import * as z from 'zod';
import { RedisServer, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { defineJob } from '../contract/define-job';
import { EvictionPolicyError } from '../connection/redis/redis-server.errors';
import { QueueAccessError } from '../connection/queue-access.error';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { QueueModule } from '../module/queue.module';
import { JobsReader } from '../reader/jobs-reader';
import { startProcessor, type QueueHarness } from '../testing/queue-harness';
import { openQueueStore } from './open-queue-store';
import { reachStore } from './reach-store';
import { describeOnRedis } from './testing/each-store';

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

async function failure(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('It did not fail.');
  return error;
}

describeOnRedis('a Redis that cannot hold queues', () => {
  let server: RedisServer | undefined;

  afterEach(() => server?.close());

  it('because it throws keys away: the application does not start, and says what to set', async () => {
    server = await RedisServer.start({ 'maxmemory-policy': 'allkeys-lru' });
    const starting = Test.createTestingModule({
      imports: [QueueModule.forRoot({ url: server.url })],
    }).compile();
    const error = await failure(starting);
    expect(error).toBeInstanceOf(EvictionPolicyError);
    expect(error.message).toContain(
      `The Redis 127.0.0.1:${server.port}/0 has maxmemory-policy all`,
    );
    expect(error.message).toContain('redis-cli CONFIG SET maxmemory-policy noeviction');
  });

  it.each([
    ['', 'NOAUTH'],
    [':wrong@', 'WRONGPASS'],
  ])('because it does not know "%s": it is not waited for', async (credentials, reason) => {
    server = await RedisServer.start({ requirepass: 'secret' });
    const url = server.url.replace('//', `//${credentials}`);
    const error = await failure(reachStore(await openQueueStore({ url })));
    expect(error).toBeInstanceOf(QueueAccessError);
    expect(error.message).toContain(reason);
    const store = await openQueueStore({ url: server.url.replace('//', '//:secret@') });
    await store.check();
    await store.close();
  });

  it('for long, because it has no persistence: it warns once, and names the setting', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const told = () => warn.mock.calls.filter(([line]) => String(line).includes('no persistence'));
    server = await RedisServer.start({ appendonly: 'no' });
    const store = await openQueueStore({ url: server.url });
    await store.check();
    await store.check();
    expect(told()).toHaveLength(1);
    expect(String(told()[0]?.[0])).toContain('redis-cli CONFIG SET appendonly yes');
    await store.close();
    await server.close();

    server = await RedisServer.start();
    const kept = await openQueueStore({ url: server.url });
    await kept.check();
    await kept.close();
    expect(told()).toHaveLength(1);
  });

  it('because it has no such database: no job goes to another one', async () => {
    server = await RedisServer.start();
    const error = await failure(reachStore(await openQueueStore({ url: `${server.url}/99` })));
    expect(error).toBeInstanceOf(QueueAccessError);
    expect(error.message).toContain('DB index is out of range');
  });
});

describeOnRedis('a Redis that fails while jobs run', () => {
  let server: RedisServer;
  let harness: QueueHarness<typeof doubleJob>;
  let warn: jest.SpyInstance<void, unknown[]>;
  let log: jest.SpyInstance<void, unknown[]>;

  beforeEach(async () => {
    server = await RedisServer.start();
    harness = await startProcessor(DoubleProcessor, { url: server.url });
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    log = jest.spyOn(Logger.prototype, 'log').mockImplementation();
  });

  afterEach(async () => {
    await harness.close();
    await server.close();
  });

  const lines = (spy: jest.SpyInstance<void, unknown[]>, text: string) =>
    spy.mock.calls.filter(([line]) => String(line).includes(text));

  it('fails a producer at once, and producer and worker come back by themselves', async () => {
    await harness.run({ value: 1 });
    await server.kill();
    const before = performance.now();
    expect(await failure(harness.producer.add({ value: 2 }))).toBeInstanceOf(QueueUnreachableError);
    expect(await failure(harness.jobs.get('double', '1'))).toBeInstanceOf(QueueUnreachableError);
    expect(performance.now() - before).toBeLessThan(2_000);

    await server.start();
    const reference = await until(() => harness.producer.add({ value: 3 }));
    await until(async () => {
      const job = await harness.jobs.get('double', reference.id);
      return job?.state === 'completed';
    });
    expect(lines(warn, 'cannot be reached')).toHaveLength(1);
    expect(lines(log, 'is back')).toHaveLength(1);
  });

  it('fails a producer when the connection is open and nobody answers, and serves it afterwards', async () => {
    await harness.run({ value: 1 });
    server.freeze();
    const error = await failure(harness.producer.add({ value: 2 }));
    expect(error).toBeInstanceOf(QueueUnreachableError);
    server.thaw();
    expect(await until(() => harness.run({ value: 3 }))).toMatchObject({
      state: 'completed',
      result: { doubled: 6 },
    });
  });

  it('does not keep an application from closing', async () => {
    await harness.run({ value: 1 });
    await server.kill();
    await until(() => lines(warn, 'cannot be reached').length > 0);
    await harness.close();
  });
});

describeOnRedis('twenty queues with their processors in one process', () => {
  it('share one connection for commands', async () => {
    const server = await RedisServer.start();
    const jobs = Array.from({ length: 20 }, (_, index) =>
      defineJob({ name: `job-${index}`, data: z.object({}) }),
    );
    const app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: server.url, applicationName: 'twenty queues' }),
        QueueModule.forFeature(...jobs),
      ],
    }).compile();
    const reader = app.get(JobsReader);
    await Promise.all(jobs.map(({ name }) => reader.get(name, '1')));
    const admin = new Redis(server.url);
    const clients = ((await admin.client('LIST')) as string).match(/name=twenty-queues/g);
    expect(clients).toHaveLength(1);
    expect(await admin.info('clients')).toContain('connected_clients:2');
    await admin.quit();
    await app.close();
    await server.close();
  });
});
