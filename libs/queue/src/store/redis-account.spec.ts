import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Redis } from 'ioredis';
import * as z from 'zod';
import { HealthModule, Readiness } from '@libs/health';
import { createTestDatabase, RedisServer, until, WORKSPACE_ROOT } from '@libs/testing';
import {
  commandNames,
  DIRECT_COMMANDS,
  KEY,
  SCRIPTED_COMMANDS,
} from '../bullmq/redis/redis-commands';
import { probeRights } from '../connection/redis/account-rights';
import { RedisRightsError } from '../connection/redis/account-rights.error';
import { JobHost, JobProcessor, type JobContext, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { DeadJobs } from '../dead/dead-jobs';
import { QueueModule } from '../module/queue.module';
import { migrateOutbox } from '../outbox/migrate-outbox';
import { Transaction } from '../outbox/testing/transaction';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { JobCleaner } from '../worker/job-cleaner';
import { openQueueStore } from './open-queue-store';
import { reachStore } from './reach-store';
import { describeOnRedis } from './testing/each-store';

const mailJob = defineJob({
  name: 'mail',
  data: z.object({ failures: z.number().default(0) }),
  options: { attempts: 2, backoff: { type: 'fixed', delay: 1 } },
});

/** How often the next jobs still fail. */
let failures = 0;

@JobProcessor(mailJob)
class MailProcessor extends JobHost<typeof mailJob> {
  async handle({ progress }: JobContext<typeof mailJob>): Promise<void> {
    await progress(50);
    if (failures > 0) {
      failures -= 1;
      throw new Error('refused');
    }
  }
}

/** The line in the documentation, as arguments. */
function documentedAccount(): string[] {
  const page = readFileSync(join(WORKSPACE_ROOT, 'docs/operations/redis.md'), 'utf8');
  return (/^ACL SETUSER (queue .*)$/m.exec(page)?.[1] ?? '').split(' ');
}

describeOnRedis('the smallest account of a Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  let url: string;

  const change = (...rules: string[]) => admin.call('ACL', 'SETUSER', 'queue', ...rules);

  beforeAll(async () => {
    server = await RedisServer.start();
    admin = new Redis(server.url);
    url = server.url.replace('//', '//queue:password@');
  });

  beforeEach(async () => {
    await change('reset');
    await admin.call('ACL', 'SETUSER', ...documentedAccount());
    await admin.call('ACL', 'LOG', 'RESET');
  });

  afterAll(async () => {
    await admin.quit();
    await server.close();
  });

  /** Starts as a worker does, or says why not. */
  async function start(account = url): Promise<{ error?: Error }> {
    const store = await openQueueStore({ url: account });
    store.backend('mail', { connection: store }, { withBlockingConnection: true });
    try {
      await reachStore(store);
      await store.close();
      return {};
    } catch (error) {
      return { error: error as Error };
    }
  }

  it('is documented with all that is tried, and no more', () => {
    const rights = documentedAccount().filter((rule) => rule.startsWith('+'));
    expect(rights).toEqual(commandNames().map((name) => `+${name}`));
  });

  it('runs the whole life of a job, and is refused nothing', async () => {
    const database = await createTestDatabase();
    await migrateOutbox(database.url);
    const app = await Test.createTestingModule({
      imports: [
        HealthModule,
        QueueModule.forRoot({ url, outbox: { url: database.url } }),
        QueueModule.forFeature(mailJob),
        QueueWorkerModule.forProcessors([MailProcessor]),
      ],
    }).compile();
    await app.init();
    const producer = app.get<JobProducer<typeof mailJob>>(getJobProducerToken(mailJob));
    const end = (id: string) => endOf(app, id);

    failures = 1;
    expect(await end((await producer.add({})).id)).toMatchObject({
      state: 'completed',
      progress: 50,
      attempts: { made: 2 },
    });
    failures = 2;
    const dead = await producer.add({}, { priority: 5, delay: 10 });
    expect((await end(dead.id)).state).toBe('failed');
    const deadJobs = app.get(DeadJobs);
    expect((await deadJobs.list({ queue: 'mail' })).jobs).toHaveLength(1);
    await deadJobs.get('mail', dead.id);
    await deadJobs.log('mail', dead.id);
    await deadJobs.redrive('mail', dead.id);
    expect((await end(dead.id)).state).toBe('completed');
    await producer.addBulk([{ data: {} }, { data: {} }]);

    const transaction = await Transaction.begin(database.url);
    const added = await producer.add({}, { manager: transaction });
    await transaction.end('COMMIT');
    expect((await end(added.id)).state).toBe('completed');
    await app.get(JobCleaner, { strict: false }).clean(mailJob);
    expect((await app.get(Readiness).report()).checks).toMatchObject({
      queue: 'up',
      workers: 'up',
    });

    await app.close();
    await database.drop();
    expect(await refused()).toEqual([]);
  });

  /**
   * What the server has refused, apart from names that ioredis gives to connections and nobody needs, and from PING:
   * any answer to it shows that the connection is alive.
   */
  async function refused(): Promise<string[]> {
    const log = (await admin.call('ACL', 'LOG')) as string[][];
    const objects = log.map((entry) => entry[entry.indexOf('object') + 1] ?? '');
    return objects.filter((object) => !/^(ping|client\|set(name|info))$/.test(object));
  }

  it.each(commandNames().filter((name) => name !== 'info'))(
    'is refused at the start without %s, by name and with the line that grants it',
    async (name) => {
      await change(`-${name}`);
      const { error } = await start();
      expect(error).toBeInstanceOf(RedisRightsError);
      expect(error).toMatchObject({ account: 'queue', commands: [name], keys: [] });
      expect(error?.message).toContain(`ACL SETUSER queue +${name}\``);
      await change(`+${name}`);
      expect(await start()).toEqual({});
    },
  );

  it('is refused with everything that it lacks at once', async () => {
    await change('-@blocking', '-@stream', '-hset');
    const { error } = await start();
    expect(error).toMatchObject({
      commands: ['bzpopmin', 'hset', 'xadd', 'xread', 'xrevrange', 'xtrim'],
    });
    await change('-@scripting');
    expect((await start()).error).toMatchObject({
      commands: expect.arrayContaining(['eval', 'evalsha']) as string[],
    });
  });

  it.each([
    ['other keys', ['resetkeys', '~shop:*']],
    ['the keys of another queue', ['resetkeys', '~bull:report:*']],
    ['keys that it may only read', ['resetkeys', '%R~bull:*']],
  ])('is refused with %s', async (_, rules) => {
    await change(...rules);
    const { error } = await start();
    expect(error).toMatchObject({ keys: ['bull:mail:*'], commands: [] });
    expect(error?.message).toContain('ACL SETUSER queue ~bull:mail:*`');
    await change('~bull:mail:*');
    expect(await start()).toEqual({});
  });

  // Redis 6.2 is not to be had here: this runs what is run there, and shows that nothing is left behind.
  it.each(['6.2.14', ''])(
    'is tried without a trace on a server of version "%s"',
    async (version) => {
      await change('-hset');
      const client = new Redis(url);
      const found = await probeRights(client, 'bull:mail:probe', {
        direct: [],
        scripted: SCRIPTED_COMMANDS,
        placeholder: KEY,
        version,
      });
      await client.quit();
      expect(found).toEqual({ commands: ['hset'], keys: false });
      expect(await admin.exists('bull:mail:probe')).toBe(0);
    },
  );

  it('needs no right to wait for jobs in a process that runs none', async () => {
    const waiting = DIRECT_COMMANDS.filter(({ onlyWithJobs }) => onlyWithJobs);
    await change(...waiting.map(({ name }) => `-${name}`));
    const app = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ url }), QueueModule.forFeature(mailJob)],
    }).compile();
    await app.init();
    await app.close();
  });

  it('may be refused INFO, which the start warns of, or have to use another name for it', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const print = jest.spyOn(console, 'warn').mockImplementation();
    await change('-info');
    expect(await start()).toEqual({});
    expect(String(warn.mock.calls[0]?.[0])).toContain('does not answer INFO to this account');
    expect(print).not.toHaveBeenCalled();
    const folder = await mkdtemp(join(tmpdir(), 'redis-'));
    await writeFile(join(folder, 'renamed.conf'), 'rename-command INFO inspect');
    const renaming = await RedisServer.start({ include: join(folder, 'renamed.conf') }, { folder });
    expect(await start(renaming.url)).toEqual({});
    await renaming.close();
  });

  it('is not ready any more when it loses a right, and is ready again with it', async () => {
    const app = await Test.createTestingModule({
      imports: [
        HealthModule,
        QueueModule.forRoot({ url }),
        QueueModule.forFeature(mailJob),
        QueueWorkerModule.forProcessors([MailProcessor]),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    const queue = async () => (await app.get(Readiness).report()).checks['queue'];
    await change('-hset');
    await app
      .get<JobProducer<typeof mailJob>>(getJobProducerToken(mailJob))
      .add({})
      .then(
        () => undefined,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'QUEUE_ACCESS' });
        },
      );
    await until(async () => (await queue()) === 'down');
    await change('+hset');
    await until(async () => (await queue()) === 'up');
    await app.close();
  });

  it.each([
    ['queue:wrong@', /refuses user or password: .*WRONGPASS.*Correct the user in its URL/],
    ['nobody:password@', /refuses user or password: .*WRONGPASS/],
  ])('has a sentence of its own for the login %s', async (login, sentence) => {
    const { error } = await start(server.url.replace('//', `//${login}`));
    expect(error?.message).toMatch(sentence);
  });

  it('has a sentence of its own for a missing password', async () => {
    await admin.call('ACL', 'SETUSER', 'default', 'resetpass', '>secret');
    const { error } = await start(server.url);
    await admin.call('ACL', 'SETUSER', 'default', 'nopass');
    expect(error?.message).toMatch(
      /requires a password: .*NOAUTH.*Write it in its URL, as in redis:\/\/user:password@host/,
    );
  });
});

async function endOf(app: TestingModule, id: string) {
  for await (const job of app.get(JobsReader).watch('mail', id)) {
    if (job.finishedAt !== undefined) return job;
  }
  throw new Error(`Job ${id} has not ended.`);
}
