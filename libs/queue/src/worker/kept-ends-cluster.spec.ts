import { Logger } from '@nestjs/common';
import * as z from 'zod';
import { HealthModule, Readiness } from '@libs/health';
import { RedisCluster, type RedisServer, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { defineJob } from '../contract/define-job';
import { describeOnRedis } from '../store/testing/each-store';
import { startProcessor } from '../testing/queue-harness';

const mailJob = defineJob({ name: 'mail', data: z.object({ waits: z.boolean() }) });

@JobProcessor(mailJob, { stalledInterval: 500 })
class MailProcessor extends JobHost<typeof mailJob> {
  sent = 0;
  beforeEnd: () => Promise<void> = () => Promise.resolve();

  async handle({ data, signal }: JobContext<typeof mailJob>) {
    this.sent += 1;
    await this.beforeEnd();
    if (!data.waits) return;
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  }
}

describeOnRedis('a cluster of which a node is away', () => {
  let cluster: RedisCluster;
  let warn: jest.SpyInstance<void, unknown[]>;
  let error: jest.SpyInstance<void, unknown[]>;

  beforeAll(async () => {
    cluster = await RedisCluster.start({ nodeTimeout: 500 });
  });

  afterAll(() => cluster.close());

  beforeEach(() => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    error = jest.spyOn(Logger.prototype, 'error').mockImplementation();
    jest.spyOn(Logger.prototype, 'log').mockImplementation();
  });

  const lines = (spy: jest.SpyInstance<void, unknown[]>, text: string) =>
    spy.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(text));

  const start = async (shutdownDeadline?: number) => {
    const harness = await startProcessor(MailProcessor, {
      url: cluster.url,
      imports: [HealthModule],
      shutdownDeadline,
    });
    const readiness = harness.app.get(Readiness);
    readiness.markReady();
    return { harness, readiness, processor: harness.app.get(MailProcessor, { strict: false }) };
  };

  /** A node that does not hold the queue, and one that does. */
  const nodes = async (): Promise<readonly [RedisServer, RedisServer]> => {
    const own = await cluster.nodeOf('{bull:mail}');
    const other = cluster.masters.find((node) => node !== own);
    if (other === undefined) throw new Error('There is one node only.');
    return [other, own];
  };

  const down = (node: RedisServer) => async (): Promise<void> => {
    await node.kill();
    await until(async () => (await cluster.stateBeside(node)) === 'fail');
  };

  it.each(['another', 'its own'])(
    '%s, when a job ends: it runs once, and its end is stored',
    async (which) => {
      const { harness, readiness, processor } = await start();
      const [other, own] = await nodes();
      const node = which === 'another' ? other : own;
      processor.beforeEnd = down(node);
      const { id } = await harness.producer.add({ waits: false });
      await until(() => lines(warn, 'The queue store').length > 0, { timeout: 20_000 });
      expect(lines(warn, 'The queue store')[0]).toMatch(/CLUSTERDOWN|MOVED|cannot be reached/);
      await until(async () => !(await readiness.report()).ready);
      await node.start();
      await cluster.untilOk();
      await until(async () => (await harness.jobs.get('mail', id))?.state === 'completed');
      expect(processor.sent).toBe(1);
      expect(lines(warn, 'lost its worker')).toEqual([]);
      expect(lines(error, 'ob ')).toEqual([]);
      await until(async () => (await readiness.report()).ready);
      await harness.close();
    },
  );

  it('when the worker stops: it stops in time, and the job runs again later', async () => {
    const { harness, processor } = await start(0);
    const [other] = await nodes();
    processor.beforeEnd = down(other);
    await harness.producer.add({ waits: true });
    await until(() => processor.sent === 1);
    await until(async () => (await cluster.stateBeside(other)) === 'fail');
    const before = performance.now();
    await harness.close();
    // The grace of the abort, what waits for the store, and the connections.
    expect(performance.now() - before).toBeLessThan(2_000 + 5_000 + 1_000 + 1_500);
    expect(lines(warn, 'The queue store did not take these jobs back in time')).toHaveLength(1);
    await other.start();
    await cluster.untilOk();
  });
});
