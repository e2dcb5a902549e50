import { Readable } from 'node:stream';
import { freePort } from '@libs/testing';
import * as z from 'zod';
import {
  runCancel,
  runConcurrency,
  runDead,
  runDrain,
  runEnqueue,
  runPause,
  runQueues,
  runResume,
  runSchedules,
} from '../cli';
import { defineJob } from '../contract/define-job';
import type { JobContract } from '../contract/job-contract';

const emailJob = defineJob({ name: 'email', data: z.object({}) });

type Run = (jobs: readonly JobContract[]) => Promise<void>;

const COMMANDS: readonly [name: string, run: Run, options: object][] = [
  ['queues', runQueues, {}],
  ['pause', runPause, { all: true }],
  ['resume', runResume, { job: 'email' }],
  ['drain', runDrain, { job: 'email', force: true }],
  ['concurrency', runConcurrency, { job: 'email', global: 5 }],
  ['cancel', runCancel, { job: 'email', id: '7' }],
  ['schedules', runSchedules, {}],
  ['dead', runDead, {}],
  ['enqueue', ([job = emailJob]) => runEnqueue(job), { job: 'email', data: '{}' }],
];

describe('a command whose queue store is away', () => {
  const outer = process.exitCode;
  afterEach(() => {
    process.exitCode = outer;
  });

  it('ends with one sentence and an exit code: each command, on both stores', async () => {
    const said = jest.spyOn(console, 'error').mockReturnValue();
    const printed = jest.spyOn(console, 'log').mockReturnValue();
    const store = `127.0.0.1:${await freePort()}`;
    const runs = ['postgres', 'redis'].flatMap((scheme) =>
      COMMANDS.map(([command, run, options]) => {
        const input = { url: `${scheme}://${store}/0`, command, startWorker: 'start', options };
        // What is read of it is a stream of text.
        const stdin = Readable.from([JSON.stringify(input)]) as unknown as typeof process.stdin;
        jest.spyOn(process, 'stdin', 'get').mockReturnValue(stdin);
        return run([emailJob]);
      }),
    );
    await Promise.all(runs);
    expect(process.exitCode).toBe(1);
    expect(printed).not.toHaveBeenCalled();
    expect(said).toHaveBeenCalledTimes(runs.length);
    for (const [line] of said.mock.calls) {
      expect(line).toMatch(new RegExp(`^The queue store ${store}/0 cannot be reached: .+\\.$`));
    }
  });
});
