import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import { HealthModule, Readiness } from '@libs/health';
import { RedisServer, until } from '@libs/testing';
import * as z from 'zod';
import { JobHost, JobProcessor, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { describeOnRedis } from '../store/testing/each-store';

const first = defineJob({ name: 'first', data: z.object({}) });
const second = defineJob({ name: 'second', data: z.object({}) });
const ran: string[] = [];

@JobProcessor(first)
class FirstProcessor extends JobHost<typeof first> {
  handle(): void {
    ran.push('first');
  }
}

@JobProcessor(second)
class SecondProcessor extends JobHost<typeof second> {
  handle(): void {
    ran.push('second');
  }
}

describeOnRedis('a worker whose Redis accepts no more connections', () => {
  let server: RedisServer;
  let admin: Redis;
  let readiness: Readiness;

  beforeAll(async () => {
    server = await RedisServer.start();
    admin = new Redis(server.url);
  });

  beforeEach(async () => {
    readiness = new Readiness();
    ran.length = 0;
    await admin.config('SET', 'maxclients', 100);
  });

  afterAll(async () => {
    await admin.quit();
    await server.close();
  });

  async function create(connectTimeout: number) {
    const module = await Test.createTestingModule({
      imports: [
        HealthModule.with(readiness),
        QueueModule.forRoot({ url: server.url, connectTimeout }),
        QueueModule.forFeature(first),
        QueueWorkerModule.forProcessors([FirstProcessor, SecondProcessor]),
      ],
    }).compile();
    return module;
  }

  /** One for the test, one for the commands of the process, one for its first worker. */
  const leaveRoomForOneWorker = () => admin.config('SET', 'maxclients', 3);

  it('does not start: the error says what it lacks after CONNECT_TIMEOUT, and no job has run', async () => {
    const module = await create(2_000);
    await module.get<JobProducer<typeof first>>(getJobProducerToken(first)).add({});
    await leaveRoomForOneWorker();
    const started = performance.now();
    const starting = module.init();
    const outcome = starting.catch((error: unknown) => error);
    await until(async () => (await readiness.report()).checks['queue'] === 'down');
    expect(await outcome).toMatchObject({
      code: 'QUEUE_REFUSING',
      message: expect.stringMatching(
        /ERR max number of clients reached\. It accepts no more connections: raise its `maxclients`/,
      ) as string,
    });
    expect(performance.now() - started).toBeLessThan(10_000);
    // Nothing is left open then, although Nest closes no module whose start has failed.
    expect(ran).toEqual([]);
  });

  it('starts once there is room', async () => {
    const module = await create(60_000);
    await leaveRoomForOneWorker();
    const starting = module.init();
    await until(async () => (await readiness.report()).checks['queue'] === 'down');
    expect(ran).toEqual([]);
    await admin.config('SET', 'maxclients', 100);
    await starting;
    await module.get<JobProducer<typeof first>>(getJobProducerToken(first)).add({});
    await until(() => ran.includes('first'));
    expect((await readiness.report()).checks).toMatchObject({ queue: 'up', workers: 'up' });
    await module.close();
  });

  it('stops in order when it is told to stop meanwhile, and has run no job', async () => {
    const module = await create(60_000);
    await module.get<JobProducer<typeof first>>(getJobProducerToken(first)).add({});
    await leaveRoomForOneWorker();
    const starting = module.init();
    await until(async () => (await readiness.report()).checks['queue'] === 'down');
    readiness.markStopping();
    await starting;
    await module.close();
    expect(ran).toEqual([]);
  });
});
