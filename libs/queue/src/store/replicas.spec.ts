import { type INestApplicationContext, Logger, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import * as z from 'zod';
import { createTestDatabase, InterruptibleProxy, RedisServer, until } from '@libs/testing';
import { QueueAccessError } from '../connection/queue-access.error';
import { TooFewReplicasError } from '../connection/redis/replication.errors';
import { JobHost, JobProcessor, type JobContext, QueueWorkerModule } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import type { QueueModuleOptions } from '../options/queue-module-options';
import { ApplicationOutbox } from '../outbox/application-outbox';
import { migrateOutbox } from '../outbox/migrate-outbox';
import { Transaction } from '../outbox/testing/transaction';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { openQueueStore } from './open-queue-store';
import { describeOnRedis } from './testing/each-store';

const noteJob = defineJob({ name: 'note', data: z.object({ text: z.string() }) });

const threadJob = defineJob({ name: 'thread', data: z.object({}), children: { notes: noteJob } });

const done: string[] = [];

@JobProcessor(noteJob)
class NoteProcessor extends JobHost<typeof noteJob> {
  handle({ data }: JobContext<typeof noteJob>): void {
    done.push(data.text);
  }
}

describeOnRedis('a job on a Redis with a replica', () => {
  let master: RedisServer;
  let replica: RedisServer;
  /** Between them. */
  let network: InterruptibleProxy;
  let admins: Redis[];
  const apps: INestApplicationContext[] = [];

  beforeEach(async () => {
    done.length = 0;
    master = await RedisServer.start({ 'repl-diskless-sync-delay': '0' });
    network = await InterruptibleProxy.before(master.url);
    replica = await RedisServer.start({ replicaof: `127.0.0.1 ${network.port}` });
    admins = [master, replica].map(({ url }) => new Redis(url));
    for (const admin of admins) admin.on('error', () => undefined);
    await until(isLevel);
  });

  afterEach(async () => {
    network.resume();
    await Promise.all(apps.splice(0).map((app) => app.close()));
    for (const admin of admins) admin.disconnect();
    await network.close();
    await Promise.all([master.close(), replica.close()]);
  });

  /** Whether the replica has confirmed everything, which it does once a second by itself. */
  const isLevel = async () => {
    const info = String(await admins[0]?.info('replication'));
    const confirmed = /state=online,offset=(\d+),/.exec(info)?.[1];
    return confirmed !== undefined && confirmed === /master_repl_offset:(\d+)/.exec(info)?.[1];
  };

  /** The master dies while the replica is cut off, and the replica takes its place. */
  async function promoteReplica(): Promise<string> {
    await master.kill();
    await network.close();
    await admins[1]?.replicaof('NO', 'ONE');
    return replica.url;
  }

  async function start(
    options: Partial<QueueModuleOptions>,
    ...processors: Type<JobHost<typeof noteJob>>[]
  ) {
    const testing = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: master.url, ...options }),
        QueueModule.forFeature(noteJob, threadJob),
        ...(processors.length === 0 ? [] : [QueueWorkerModule.forProcessors(processors)]),
      ],
    }).compile();
    apps.push(testing);
    testing.useLogger(false);
    return testing.init();
  }

  const producerOf = (app: INestApplicationContext) =>
    app.get<JobProducer<typeof noteJob>>(getJobProducerToken(noteJob), { strict: false });

  /** The ids of the jobs that a server has. */
  const jobsOn = async (server: number) =>
    ((await admins[server]?.keys('bull:note:*')) ?? [])
      .map((key) => key.slice('bull:note:'.length))
      .filter((id) => /^(\d+|job-.*)$/.test(id))
      .sort();

  it('is on the replica when `add` resolves, also after the scripts of the server were lost', async () => {
    const app = await start({ replicas: 1 });
    const producer = producerOf(app);
    const threads = app.get<JobProducer<typeof threadJob>>(getJobProducerToken(threadJob), {
      strict: false,
    });
    const children = { notes: [{ data: { text: '' } }] };
    await threads.add({}, { jobId: 'job-thread', children });
    expect(await jobsOn(1)).toEqual(['job-thread.notes.0']);
    const added = Array.from({ length: 20 }, () => producer.add({ text: '' }));
    const bulk = producer.addBulk([{ data: { text: '' } }, { data: { text: '' } }]);
    await Promise.all([...added, bulk]);
    expect(await jobsOn(1)).toHaveLength(23);
    await admins[0]?.script('FLUSH');
    await until(isLevel);
    network.halt();
    // The server runs the script for the second time, after the WAIT behind the first.
    await expect(producer.add({ text: '' })).rejects.toThrow(TooFewReplicasError);
    await expect(threads.add({}, { jobId: 'job-late', children })).rejects.toMatchObject({
      code: 'TOO_FEW_REPLICAS',
      isAdded: false,
    });
    expect(await jobsOn(0)).not.toContain('job-late.notes.0');
  });

  it('is refused while the replica is away, and by then added once', async () => {
    const producer = producerOf(await start({ replicas: 1, answerTimeout: 1_500 }));
    // On a busy machine the replica may be late.
    await until(() => producer.add({ text: '' }, { jobId: 'job-1' }));
    network.halt();
    const outcomes = async (...ids: string[]) =>
      Promise.all(
        ids.map((jobId) => producer.add({ text: '' }, { jobId }).catch((error: unknown) => error)),
      );
    const [known] = await outcomes('job-2');
    expect(known).toMatchObject({ code: 'TOO_FEW_REPLICAS', confirmed: 0, isAdded: true });
    // Nothing is added after that.
    for (const refused of await outcomes('job-2', 'job-3', 'job-4')) {
      expect(refused).toMatchObject({ code: 'TOO_FEW_REPLICAS', isAdded: false });
    }
    expect(await jobsOn(0)).toEqual(['job-1', 'job-2']);
    expect(await jobsOn(1)).toEqual(['job-1']);

    network.resume();
    const again = async () => {
      const results = await outcomes('job-2', 'job-3');
      return results.every((result) => !(result instanceof Error));
    };
    await until(again);
    expect(await jobsOn(1)).toEqual(['job-1', 'job-2', 'job-3']);
  });

  it('can be added for now, or not: readiness knows how many replicas there are', async () => {
    const store = await openQueueStore({ url: master.url, replicas: 2 });
    await expect(store.check()).resolves.toBeUndefined();
    await expect(store.checkAdds()).rejects.toMatchObject({
      code: 'QUEUE_REFUSING',
      message: expect.stringContaining('it has 1 replica, and 2 must have each job') as string,
    });
    await store.close();
  });

  it('is lost at a failover although it was acknowledged, and with `replicas` its outbox row stays until it is safe', async () => {
    const database = await createTestDatabase();
    await migrateOutbox(database.url);
    const outbox = { url: database.url };
    const [careless, careful] = await Promise.all([
      start({ outbox }),
      start({ outbox: { url: database.url }, replicas: 1, answerTimeout: 300 }),
    ]);
    const rows = async () => (await careful.get(ApplicationOutbox).lag())?.rows;
    network.halt();

    await producerOf(careless).add({ text: 'acknowledged' }, { jobId: 'job-1' });
    // From now on, only the relay of the careful one publishes.
    await careless.close();
    apps.splice(apps.indexOf(careless), 1);
    const manager = await Transaction.begin(database.url);
    await producerOf(careful).add({ text: 'in the outbox' }, { manager, jobId: 'job-2' });
    await manager.end('COMMIT');
    await until(async () => (await jobsOn(0)).length === 2);

    const url = await promoteReplica();
    expect(await rows()).toBe(1);
    await start({ url, outbox }, NoteProcessor);
    await until(async () => (await rows()) === 0);
    await until(() => done.length > 0);
    expect(done).toEqual(['in the outbox']);
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await database.drop();
  });

  it('is warned about if nothing keeps a failover from losing it', async () => {
    const warnings = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const warned = async (replicas: number) => {
      warnings.mockClear();
      const store = await openQueueStore({ url: master.url, replicas });
      await store.check();
      await store.close();
      return warnings.mock.calls.map(([message]) => String(message));
    };
    expect(await warned(0)).toEqual([expect.stringContaining('a failover loses those')]);
    expect(await warned(1)).toEqual([]);
    expect(await warned(2)).toEqual([expect.stringContaining('nothing can be added')]);
    await admins[0]?.config('SET', 'min-replicas-to-write', '1');
    expect(await warned(0)).toEqual([]);
  });

  it('needs an account that may wait: another one is refused at the start', async () => {
    await admins[0]?.call('ACL', 'SETUSER', 'ada', 'on', '>secret', '~*', '&*', '+@all', '-wait');
    const url = master.url.replace('//', '//ada:secret@');
    const check = async (replicas: number) => {
      const store = await openQueueStore({ url, replicas });
      await store.check().finally(() => store.close());
    };
    await check(0);
    await expect(check(1)).rejects.toThrow(QueueAccessError);
  });

  it('is no matter for queues in Postgres, which refuse the option', async () => {
    await expect(openQueueStore({ url: 'postgres://localhost/app', replicas: 1 })).rejects.toThrow(
      'The option "replicas" is 1, and the queue store localhost/app is a Postgres',
    );
  });
});
