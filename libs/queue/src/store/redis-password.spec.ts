import { Test, type TestingModule } from '@nestjs/testing';
import { Redis } from 'ioredis';
import * as z from 'zod';
import { RedisSentinels, RedisServer, until } from '@libs/testing';
import { JobHost, JobProcessor } from '../consumer';
import { QueueAccessError } from '../connection/queue-access.error';
import { TwoPasswordsError } from '../connection/two-passwords.error';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { QueueWorkerModule } from '../module/queue-worker.module';
import type { QueueStoreOptions } from '../options/store-options';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { openQueueStore } from './open-queue-store';
import { describeOnRedis } from './testing/each-store';

const mailJob = defineJob({ name: 'mail', data: z.object({}) });

@JobProcessor(mailJob)
class MailProcessor extends JobHost<typeof mailJob> {
  handle() {
    return;
  }
}

const ADMIN = 'admin-password';

describeOnRedis('a password that is changed while a process runs', () => {
  let app: TestingModule | undefined;
  let close: (() => Promise<unknown>) | undefined;

  afterEach(async () => {
    await app?.close();
    app = undefined;
    await close?.();
    close = undefined;
  });

  async function start(options: QueueStoreOptions) {
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ ...options, applicationName: 'rotating' }),
        QueueModule.forFeature(mailJob),
        QueueWorkerModule.forProcessors([MailProcessor]),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    const producer = app.get<JobProducer<typeof mailJob>>(getJobProducerToken(mailJob), {
      strict: false,
    });
    const jobs = app.get(JobsReader);
    return async () => {
      const { queue, id } = await until(() => producer.add({}));
      await until(async () => (await jobs.get(queue, id))?.state === 'completed');
    };
  }

  const setPassword = (password: string) => async (admin: Redis) => {
    await admin.call(
      'ACL',
      'SETUSER',
      'app',
      'on',
      'resetpass',
      `>${password}`,
      '~*',
      '&*',
      '+@all',
    );
    await admin.call('CLIENT', 'KILL', 'USER', 'app');
  };

  /** On one server. */
  async function changeOn(server: RedisServer, password: string): Promise<void> {
    const admin = new Redis({ port: server.port, password: ADMIN });
    await setPassword(password)(admin);
    await admin.quit();
  }

  it.each(['server', 'cluster'])('is used by each next connection to a %s', async (kind) => {
    const server =
      kind === 'server'
        ? await RedisServer.start({ requirepass: ADMIN })
        : await RedisServer.startNode({ requirepass: ADMIN });
    close = () => server.close();
    if (kind === 'cluster') {
      const admin = new Redis({ port: server.port, password: ADMIN });
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
      await until(async () => String(await admin.call('CLUSTER', 'INFO')).includes('state:ok'));
      await admin.quit();
    }
    let password = 'first pass-wörd';
    await changeOn(server, password);
    const url = server.url.replace('//', '//app@') + (kind === 'cluster' ? '?cluster=true' : '');
    const runJob = await start({ url, password: () => Promise.resolve(password) });
    await runJob();

    password = 'second';
    await changeOn(server, password);
    await runJob();
    // Not known to the process for a while, as with a file that follows.
    await changeOn(server, 'third');
    setTimeout(() => (password = 'third'), 300);
    await runJob();
  });

  it('is used by each next connection to a master that sentinels watch, theirs too', async () => {
    const set = await RedisSentinels.start({
      options: { requirepass: ADMIN },
      sentinelPassword: 'own',
    });
    close = () => set.close();
    let password = 'first';
    for (const server of set.servers) await set.ask(server, setPassword(password));
    const url = set.url.replace(/\/\/[^@]*@/, '//app@').replace(/\?.*/, '');
    const runJob = await start({
      url,
      password: () => password,
      sentinelPassword: () => Promise.resolve('own'),
    });
    await runJob();

    password = 'second';
    for (const server of set.servers) await set.ask(server, setPassword(password));
    await runJob();
    await set.failOver();
    await runJob();
  });

  it('must not be in the URL too, and is refused like another one if it is wrong', async () => {
    const server = await RedisServer.start({ requirepass: ADMIN });
    close = () => server.close();
    const url = server.url.replace('//', '//:secret@');
    const password = () => 'wrong';
    await expect(openQueueStore({ url, password })).rejects.toThrow(TwoPasswordsError);

    const store = await openQueueStore({ url: server.url, password });
    const check = store.check();
    await expect(check).rejects.toThrow(QueueAccessError);
    await expect(check).rejects.toThrow('WRONGPASS');
    await store.close();
  });

  it.each([
    ['fails', () => Promise.reject(new Error('no token')), 'has failed: no token'],
    ['returns nothing', () => '', 'returned an empty string'],
  ])('is reported if the function %s, and asked for again', async (_, failing, reason) => {
    const server = await RedisServer.start({ requirepass: ADMIN });
    close = () => server.close();
    let source: () => string | Promise<string> = failing;
    const store = await openQueueStore({ url: server.url, password: () => source() });
    await expect(store.check()).rejects.toMatchObject({
      code: 'QUEUE_UNREACHABLE',
      message: expect.stringContaining(
        `the function that returns its password ${reason}`,
      ) as string,
    });
    source = () => ADMIN;
    await until(() => store.check().then(() => true));
    await store.close();
  });
});
