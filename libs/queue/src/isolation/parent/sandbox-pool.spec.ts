import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import type { Sandbox } from './sandbox';
import { until } from '@libs/testing';
import { Deadline } from '../../timing/deadline';
import { SandboxPool } from './sandbox-pool';

/** A child that is ready at once; `data` determines how it answers a job. */
const CHILD = `
  process.on('message', ({ type, run, job }) => {
    if (type === 'start') process.send({ type: 'ready' });
    if (type === 'close') process.exit(0);
    if (type !== 'run' || job.data === 'silence') return;
    process.send({ type: 'completed', run, result: process.pid });
    if (job.data === 'throw later') {
      process.send({ type: 'uncaught', error: { name: 'Error', message: 'left behind' } });
    }
  });
`;

// The fields that a child reads.
const jobOf = (data: string) => ({ id: '7', data }) as Job;

describe('the children of an isolated processor', () => {
  let folder: string;
  let entry: URL;
  let pool: SandboxPool;

  beforeEach(async () => {
    for (const level of ['log', 'warn'] as const)
      jest.spyOn(Logger.prototype, level).mockImplementation();
    folder = await mkdtemp(join(tmpdir(), 'sandbox-pool-'));
    const file = join(folder, 'child.cjs');
    await writeFile(file, CHILD);
    entry = pathToFileURL(file);
    pool = new SandboxPool({ processor: 'resize', isolation: { kind: 'process' }, entry });
  });

  afterEach(async () => {
    await pool.close(Deadline.after(3_000));
    await rm(folder, { recursive: true });
  });

  const run = (data: string) =>
    pool.use(undefined, (sandbox) => sandbox.run(jobOf(data), undefined)) as Promise<number>;

  it('are used again, one job after the other', async () => {
    expect(await run('answer')).toBe(await run('answer'));
  });

  it('get no other job while one goes on for which nobody waits any more', async () => {
    let busy: Sandbox | undefined;
    const givenUp = pool.use(undefined, (sandbox) => {
      busy = sandbox;
      // Ends with its child.
      sandbox.run(jobOf('silence'), undefined).catch(() => undefined);
      return Promise.reject(new Error('not in time'));
    });
    await expect(givenUp).rejects.toThrow('not in time');
    const other = await run('answer');
    expect(busy?.label).not.toBe(`process ${other}`);
  });

  it('get no other job when an error of the last one is about to end them', async () => {
    const first = await pool.use(undefined, async (sandbox) => {
      const pid = await sandbox.run(jobOf('throw later'), undefined);
      // Arrives after the result, possibly when the child is idle already.
      while (sandbox.isFree) await new Promise(setImmediate);
      return pid;
    });
    expect(await run('answer')).not.toBe(first);
  });

  describe('that are kept warm', () => {
    let ready: string[];

    beforeEach(() => {
      ready = [];
      pool = new SandboxPool({
        processor: 'resize',
        isolation: { kind: 'process', warm: 2 },
        entry,
      });
      pool.observer = {
        sandboxReady: ({ sandbox }) => ready.push(sandbox),
        sandboxEnded: () => undefined,
        sandboxLost: () => undefined,
        sandboxRefused: () => undefined,
      };
      pool.warmUp();
    });

    it('are ready before their jobs, and no other ones are started for these', async () => {
      await until(() => ready.length === 2);
      const [first, second] = await Promise.all([run('answer'), run('answer')]);
      expect([`process ${first}`, `process ${second}`].sort()).toEqual([...ready].sort());
      pool.warmUp();
      await run('answer');
      expect(ready).toHaveLength(2);
    });

    it('are taken by a job while they start', async () => {
      const pid = await run('answer');
      expect(ready).toContain(`process ${pid}`);
      await until(() => ready.length === 2);
    });

    it('are replaced after one has ended by its job', async () => {
      await until(() => ready.length === 2);
      const crashed = pool.use(undefined, (sandbox) => {
        const answer = sandbox.run(jobOf('silence'), undefined);
        process.kill(Number(sandbox.label.split(' ')[1]), 'SIGKILL');
        return answer;
      });
      await expect(crashed).rejects.toThrow();
      await until(() => ready.length === 3);
    });
  });

  it('report their ends, with the reason of each', async () => {
    const events: string[] = [];
    pool.observer = {
      sandboxReady: ({ sandbox }) => events.push(`${sandbox} ready`),
      sandboxEnded: ({ sandbox, reason }) => events.push(`${sandbox} ${reason}`),
      sandboxLost: () => undefined,
      sandboxRefused: () => undefined,
    };
    const crashed = await run('throw later');
    process.kill(crashed, 'SIGKILL');
    await until(() => events.includes(`process ${crashed} crashed`));
    const closed = await run('answer');
    let answered: Promise<unknown> | undefined;
    const silent = pool.use(undefined, (sandbox) => {
      answered = pool.use(undefined, (other) => other.run(jobOf('answer'), undefined));
      return sandbox.run(jobOf('silence'), undefined);
    });
    silent.catch(() => undefined);
    await until(() => events.filter((event) => event.endsWith('ready')).length === 3);
    // A child that still runs a job would be killed too.
    await answered;
    await pool.close(Deadline.after(3_000));
    await until(() => events.length === 6);
    const ends = events
      .filter((event) => !event.endsWith('ready'))
      .map((event) => event.split(' ')[2]);
    expect(ends.sort()).toEqual(['closed', 'crashed', 'killed']);
    expect(events).toContain(`process ${closed} killed`);
  });
});
