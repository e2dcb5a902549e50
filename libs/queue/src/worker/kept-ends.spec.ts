import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import pg from 'pg';
import * as z from 'zod';
import { HealthModule, Readiness } from '@libs/health';
import { RedisServer, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { defineJob } from '../contract/define-job';
import { createTestStore, describeOnRedis, type TestStore } from '../store/testing/each-store';
import { type QueueHarness, startProcessor } from '../testing/queue-harness';

const mailJob = defineJob({
  name: 'mail',
  data: z.object({ how: z.enum(['completes', 'fails once', 'reports progress']) }),
  result: z.object({ sent: z.number() }),
  options: { attempts: 5, backoff: { type: 'fixed', delay: 200 }, removeOnComplete: false },
});

/** A job that loses its worker is found within a second. */
@JobProcessor(mailJob, { lockDuration: 10_000, stalledInterval: 500 })
class MailProcessor extends JobHost<typeof mailJob> {
  sent = 0;
  /** Called when the mail is sent, and the job is about to end. */
  beforeEnd: () => Promise<void> = () => Promise.resolve();

  async handle({ data, attempt, progress }: JobContext<typeof mailJob>) {
    this.sent += 1;
    if (attempt === 1) await this.beforeEnd();
    if (data.how === 'reports progress') await progress(100);
    if (data.how === 'fails once' && attempt === 1) throw new Error('greylisted');
    return { sent: this.sent };
  }
}

let warn: jest.SpyInstance<void, unknown[]>;
let error: jest.SpyInstance<void, unknown[]>;
let harness: QueueHarness<typeof mailJob>;
let processor: MailProcessor;
let readiness: Readiness;

beforeEach(() => {
  warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  error = jest.spyOn(Logger.prototype, 'error').mockImplementation();
  jest.spyOn(Logger.prototype, 'log').mockImplementation();
});

async function start(url: string): Promise<void> {
  harness = await startProcessor(MailProcessor, {
    url,
    imports: [HealthModule],
    shutdownDeadline: 0,
  });
  processor = harness.app.get(MailProcessor, { strict: false });
  readiness = harness.app.get(Readiness);
  readiness.markReady();
}

const lines = (spy: jest.SpyInstance<void, unknown[]>, text: string) =>
  spy.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(text));

/** Runs a job that sends its mail, while the store refuses from then on until its end was refused. */
async function runThroughRefusal(
  how: 'completes' | 'fails once' | 'reports progress',
  refuse: () => Promise<void>,
  accept: () => Promise<void>,
  reason: string | RegExp,
): Promise<void> {
  processor.sent = 0;
  processor.beforeEnd = refuse;
  const { id } = await harness.producer.add({ how });
  try {
    await until(() => lines(warn, 'for now').length + lines(warn, 'is full').length > 0, {
      timeout: 15_000,
    });
    expect(lines(warn, 'for now').concat(lines(warn, 'is full'))[0]).toMatch(reason);
    // Whatever else is asked of the store fails at once, and says why.
    const before = performance.now();
    await expect(harness.producer.add({ how })).rejects.toThrow(reason);
    expect(performance.now() - before).toBeLessThan(3_000);
    await until(async () => !(await readiness.report()).ready, { timeout: 5_000 });
    expect(lines(warn, 'The check "queue" fails')[0]).toMatch(reason);
  } finally {
    await accept();
  }

  await until(async () => (await harness.jobs.get('mail', id))?.state === 'completed');
  const sent = how === 'fails once' ? 2 : 1;
  expect(processor.sent).toBe(sent);
  expect(await harness.jobs.get('mail', id)).toMatchObject({
    result: { sent },
    attempts: { made: sent },
  });
  expect(lines(warn, 'lost its worker')).toEqual([]);
  expect(lines(warn, 'greylisted')).toHaveLength(sent - 1);
  expect(lines(error, 'ob ')).toEqual([]);
  await until(async () => (await readiness.report()).ready);
}

describeOnRedis('a job that ends while Redis refuses', () => {
  let server: RedisServer;
  let admin: Redis;

  beforeAll(async () => {
    server = await RedisServer.start({ 'busy-reply-threshold': '50' });
    await start(server.url);
    admin = new Redis(server.url);
    admin.on('error', () => undefined);
  });

  afterAll(async () => {
    await harness.close();
    admin.disconnect();
    await server.close();
  });

  const config = async (name: string, value: string | number): Promise<void> => {
    await admin.config('SET', name, value);
  };

  const busy = async (): Promise<void> => {
    const script = new Redis(server.url);
    script.eval('while true do end', 0).catch(() => {
      script.disconnect();
    });
    await until(async () => (await admin.ping().catch(String)).includes('BUSY'));
  };

  const unsaved = async (): Promise<void> => {
    const [, folder = ''] = (await admin.config('GET', 'dir')) as string[];
    await mkdir(join(folder, 'dump.rdb'));
    await config('save', '3600 1');
    await admin.bgsave();
    await until(async () => (await admin.info()).includes('rdb_last_bgsave_status:err'));
  };

  const replicaof = async (host: string, port: number | string): Promise<void> => {
    await admin.call('REPLICAOF', host, port);
  };

  const kill = async (): Promise<void> => {
    await admin.script('KILL');
  };

  const refusals: readonly (readonly [
    string,
    string | RegExp,
    () => Promise<void>,
    () => Promise<void>,
  ])[] = [
    ['it is busy with a script', 'BUSY', busy, kill],
    [
      'too few replicas are connected',
      'NOREPLICAS',
      () => config('min-replicas-to-write', 1),
      () => config('min-replicas-to-write', 0),
    ],
    [
      'it cannot save its data',
      'MISCONF',
      unsaved,
      () => config('stop-writes-on-bgsave-error', 'no'),
    ],
    [
      'it has become a replica',
      /READONLY|read replica/,
      () => replicaof('127.0.0.1', 1),
      () => replicaof('NO', 'ONE'),
    ],
    [
      'it is a replica without a master',
      /MASTERDOWN|read replica/,
      async () => {
        await config('replica-serve-stale-data', 'no');
        await replicaof('127.0.0.1', 1);
      },
      () => replicaof('NO', 'ONE'),
    ],
  ];

  it.each(refusals)(
    'because %s: it runs once, and its end is stored',
    async (_, reason, refuse, accept) => {
      await runThroughRefusal('completes', refuse, accept, reason);
    },
  );

  it('with a failure: its attempt counts once, and it is retried', async () => {
    await runThroughRefusal('fails once', busy, kill, 'BUSY');
  });

  it('because its memory is full: its lock is renewed and its end is stored all the same', async () => {
    let end: () => void = () => undefined;
    processor.sent = 0;
    processor.beforeEnd = async () => {
      await config('maxmemory', 1);
      await new Promise<void>((resolve) => (end = resolve));
    };
    const { id } = await harness.producer.add({ how: 'completes' });
    await until(async () => !(await readiness.report()).ready);
    expect(lines(warn, 'The check "queue" fails')[0]).toContain('is full: OOM');
    await expect(harness.producer.add({ how: 'completes' })).rejects.toThrow(
      /is full: OOM .* Nothing can be added/,
    );

    let rest = Infinity;
    const isRenewed = async (): Promise<boolean> => {
      const before = rest;
      rest = await admin.pttl(`bull:mail:${id}:lock`);
      return rest > before + 500;
    };
    await until(isRenewed, { timeout: 10_000 });
    end();
    await until(async () => (await harness.jobs.get('mail', id))?.state === 'completed');
    expect((await readiness.report()).checks).toMatchObject({ queue: 'down' });
    await config('maxmemory', 0);
    await until(async () => (await readiness.report()).ready);
    expect(processor.sent).toBe(1);
    expect(lines(error, 'ob ')).toEqual([]);
  });

  it('because its account has lost a right: it runs once, and its end is stored when it has it again', async () => {
    processor.sent = 0;
    const acl = (rule: string) => admin.call('ACL', 'SETUSER', 'default', rule);
    processor.beforeEnd = async () => {
      await acl('-evalsha');
      await acl('-eval');
    };
    const { id } = await harness.producer.add({ how: 'completes' });
    await until(() => lines(warn, 'NOPERM').length > 0);
    await expect(harness.producer.add({ how: 'completes' })).rejects.toThrow('NOPERM');
    await until(async () => !(await readiness.report()).ready);
    await acl('+@all');
    await until(async () => (await harness.jobs.get('mail', id))?.state === 'completed');
    expect(processor.sent).toBe(1);
    expect(lines(warn, 'lost its worker')).toEqual([]);
    await until(async () => (await readiness.report()).ready);
  });

  it('because it is restarted: it runs once, and its end is stored', async () => {
    processor.sent = 0;
    processor.beforeEnd = () => server.kill();
    const { id } = await harness.producer.add({ how: 'completes' });
    await until(() => lines(warn, 'cannot be reached').length > 0);
    await server.start();
    await until(async () => (await harness.jobs.get('mail', id))?.state === 'completed');
    expect(processor.sent).toBe(1);
    expect(lines(warn, 'lost its worker')).toEqual([]);
    await until(async () => (await readiness.report()).ready);
  });

  it('and the answer to its end is lost: the end counts as stored', async () => {
    processor.sent = 0;
    const completed = jest.fn();
    processor.worker.once('completed', completed);
    // It takes the end from the buffer of the connection when it is back; the worker has given up that one.
    processor.beforeEnd = () => {
      server.freeze();
      return Promise.resolve();
    };
    const { id } = await harness.producer.add({ how: 'completes' });
    await until(() => lines(warn, 'cannot be reached').length > 0);
    server.thaw();
    await until(async () => (await harness.jobs.get('mail', id))?.state === 'completed');
    await until(() => completed.mock.calls.length > 0);
    expect(processor.sent).toBe(1);
    expect(lines(error, 'ob ')).toEqual([]);
  });

  it('while it reports progress: it waits, and does not fail', async () => {
    await runThroughRefusal('reports progress', busy, kill, 'BUSY');
  });
});

describe('a job that ends while Postgres refuses', () => {
  let store: TestStore;

  beforeAll(async () => {
    store = await createTestStore('postgres');
    await start(store.url);
  });

  afterAll(async () => {
    await harness.close();
    await store.drop();
  });

  const setReadOnly = async (mode: 'on' | 'off'): Promise<void> => {
    const url = new URL(store.url);
    const database = url.pathname.slice(1);
    url.pathname = '/postgres';
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`ALTER DATABASE "${database}" SET default_transaction_read_only = ${mode}`);
    await client.end();
    await store.endConnections();
  };

  it.each(['completes', 'fails once', 'reports progress'] as const)(
    'because it takes no changes, and it %s: nothing is done twice',
    async (how) => {
      await runThroughRefusal(
        how,
        () => setReadOnly('on'),
        () => setReadOnly('off'),
        'read-only',
      );
    },
  );
});
