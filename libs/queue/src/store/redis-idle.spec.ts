import { Test, type TestingModule } from '@nestjs/testing';
import { Redis } from 'ioredis';
import * as z from 'zod';
import { InterruptibleProxy, RedisServer, until } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { describeOnRedis } from './testing/each-store';

const mailJob = defineJob({ name: 'mail', data: z.object({}) });

describeOnRedis('connections that are cut because they were idle', () => {
  let server: RedisServer;
  let proxy: InterruptibleProxy;
  let admin: Redis;
  let app: TestingModule;
  let producer: JobProducer<typeof mailJob>;
  const events: string[] = [];

  beforeAll(async () => {
    server = await RedisServer.start({ timeout: '1' });
    proxy = await InterruptibleProxy.before(server.url);
    admin = new Redis(server.url);
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({
          url: proxy.url,
          applicationName: 'idle',
          observers: [
            { storeLost: () => events.push('lost'), storeBack: () => events.push('back') },
          ],
        }),
        QueueModule.forFeature(mailJob),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    producer = app.get(getJobProducerToken(mailJob), { strict: false });
  });

  afterAll(async () => {
    await app.close();
    await proxy.close();
    admin.disconnect();
    await server.close();
  });

  /** The server's number of the application's connection. */
  async function connectionId(): Promise<string | undefined> {
    const list = String(await admin.client('LIST'));
    return /^id=(\d+) .* name=idle /m.exec(list)?.[1];
  }

  it('by the server are replaced in silence, and nothing that is added fails', async () => {
    const ids = new Set<string>();
    await until(async () => {
      const id = await connectionId();
      if (id !== undefined) ids.add(id);
      return ids.size > 1;
    });
    for (let round = 0; round < 2; round += 1) {
      const before = await connectionId();
      // Right when it happens, whatever the process has heard of it.
      await until(async () => (await connectionId()) !== before, { interval: 1 });
      await producer.add({});
    }
    expect(events).toEqual([]);
  });

  it('by a balancer that resets them do not fail what is added after a pause', async () => {
    const { id } = await producer.add({});
    const before = performance.now();
    await until(() => performance.now() - before > 1_100);
    // The process learns of it from the first thing that it sends.
    proxy.reset();
    expect(Number((await producer.add({})).id)).toBe(Number(id) + 1);
    expect(events).toEqual([]);
  });

  it('are told as lost if there is no other', async () => {
    await proxy.shut();
    await until(() => events.length > 0);
    await expect(producer.add({})).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE' });
    await proxy.open();
    await until(() => events.length > 1);
    expect(events).toEqual(['lost', 'back']);
    await producer.add({});
  });
});
