import { Logger } from '@nestjs/common';
import * as z from 'zod';
import { freePort, RedisSentinels, RedisServer, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { QueueAccessError } from '../connection/queue-access.error';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { defineJob } from '../contract/define-job';
import type { JobReference } from '../producer/job-producer';
import { type QueueHarness, startProcessor } from '../testing/queue-harness';
import { openQueueStore } from './open-queue-store';
import { describeOnRedis } from './testing/each-store';

const mailJob = defineJob({ name: 'mail', data: z.object({ to: z.string() }) });

const started: string[] = [];
let open = true;

/**
 * Its jobs wait until the test lets them end. On a loaded machine the sentinels may take a minute to name another master,
 * and a job whose lock has expired meanwhile runs twice.
 */
@JobProcessor(mailJob, { concurrency: 4, lockDuration: 150_000 })
class MailProcessor extends JobHost<typeof mailJob> {
  async handle({ data }: JobContext<typeof mailJob>) {
    started.push(data.to);
    await until(() => open);
  }
}

describeOnRedis('a Redis that sentinels watch', () => {
  let set: RedisSentinels;
  let harness: QueueHarness<typeof mailJob>;

  beforeAll(async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    set = await RedisSentinels.start({
      options: { requirepass: 'secret' },
      sentinelPassword: 'own',
    });
    harness = await startProcessor(MailProcessor, { url: set.url });
  });

  afterAll(async () => {
    await harness.close();
    await set.close();
  });

  beforeEach(() => {
    started.length = 0;
    open = true;
  });

  const add = (to: string): Promise<JobReference> => harness.producer.add({ to });

  const untilCompleted = (references: readonly JobReference[]) =>
    until(async () => {
      const jobs = await Promise.all(references.map(({ id }) => harness.jobs.get('mail', id)));
      return jobs.every((job) => job?.state === 'completed');
    });

  /** Adds jobs, some of which run and some of which wait; resolves once a replica has all of them. */
  async function addWhileClosed(): Promise<JobReference[]> {
    open = false;
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const references = await Promise.all(names.map(add));
    await until(() => started.length === 4);
    await set.ask(await set.master(), (admin) => admin.call('WAIT', 1, 5_000));
    return references;
  }

  it.each([
    ['is killed', (master: RedisServer) => master.kill()],
    [
      'does not answer any more',
      (master: RedisServer) => {
        master.freeze();
        return Promise.resolve();
      },
    ],
    ['is asked to step down', () => Promise.resolve()],
  ])('loses no job when its master %s, and runs each once', async (_, harm) => {
    const references = await addWhileClosed();
    const before = await set.master();
    await harm(before);
    expect(await set.failOver()).not.toBe(before);
    open = true;

    await untilCompleted(references);
    await untilCompleted([await until(() => add('later'))]);
    expect([...started].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'later']);

    before.thaw();
    await before.kill();
    await before.start();
    await set.untilInStep();
  });

  it('is found while one sentinel is dead and another one does not answer', async () => {
    const [first, second] = set.sentinels;
    await first?.kill();
    second?.freeze();
    const store = await openQueueStore({ url: set.url, answerTimeout: 500 });
    await store.check();
    await store.close();
    second?.thaw();
    await first?.start();
  });

  describe('with a URL that is wrong', () => {
    /** The error of a check. */
    async function errorFor(url: string): Promise<Error> {
      const store = await openQueueStore({ url, answerTimeout: 1_000 });
      try {
        await store.check();
      } catch (error) {
        if (error instanceof Error) return error;
      } finally {
        await store.close();
      }
      throw new Error('It did not fail.');
    }

    it.each([
      [
        'the name',
        /mymaster/,
        'other',
        'the sentinels know no master "other". The sentinels know "mymaster"',
      ],
      ['a password', /[?].*/, '', 'the sentinels refuse the login: NOAUTH'],
      [
        'the password',
        /[?].*/,
        '?sentinel_password=x',
        'the sentinels refuse the login: WRONGPASS',
      ],
      ["the servers' password", /:secret@/, '', 'NOAUTH'],
    ])('in %s says so', async (_, part, instead, message) => {
      const error = await errorFor(set.url.replace(part, instead));
      expect(error).toBeInstanceOf(QueueAccessError);
      expect(error.message).toContain(message);
      expect(error.message).not.toContain('secret@');
    });

    it('in the port says that no sentinel listens there, but a Redis', async () => {
      const { port } = await set.master();
      const error = await errorFor(
        `redis+sentinel://127.0.0.1:${port}/mymaster?sentinel_password=secret`,
      );
      expect(error).toBeInstanceOf(QueueAccessError);
      expect(error.message).toContain(`127.0.0.1:${port} is no Sentinel`);
    });

    it('names every sentinel that cannot be reached, and goes on trying', async () => {
      const [a, b] = [await freePort(), await freePort()];
      const url = `redis+sentinel://127.0.0.1:${a},127.0.0.1:${b}/mymaster`;
      const error = await errorFor(url);
      expect(error).toBeInstanceOf(QueueUnreachableError);
      expect(error.message).toContain(`127.0.0.1:${a} (connect ECONNREFUSED`);
      expect(error.message).toContain(`127.0.0.1:${b} (connect ECONNREFUSED`);
    });
  });
});
