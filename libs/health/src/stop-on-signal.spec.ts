import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Runs a process that says "up", and stops as the code says. */
async function run(options: string, signals: NodeJS.Signals[], { isStarted = true } = {}) {
  const code = `
    const { Readiness } = require(${JSON.stringify(join(__dirname, 'readiness.ts'))});
    const { stopOnSignal } = require(${JSON.stringify(join(__dirname, 'stop-on-signal.ts'))});
    const readiness = new Readiness();
    if (${isStarted}) readiness.markReady();
    const alive = setInterval(() => {}, 1_000);
    stopOnSignal({ readiness, ...${options} });
    console.log('up');`;
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', code], {
    cwd: __dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const upcoming = [...signals];
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString();
    // The first once it is up, each further one once it has begun to stop.
    const due = output.includes('stopping') ? 2 : output.includes('up') ? 1 : 0;
    while (signals.length - upcoming.length < due && upcoming.length > 0)
      child.kill(upcoming.shift());
  });
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, output };
}

describe('a process that is told to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s turns not ready, lets go of everything, and ends by itself',
    async (signal) => {
      const { exitCode, output } = await run(
        `{ limit: 10_000, stop: async () => { console.log(readiness.state); clearInterval(alive); } }`,
        [signal],
      );
      expect(output).toContain(`${signal}: stopped after`);
      expect(output).toMatch(/\nstopping\n[^]*stopped after \d+ ms/);
      expect(exitCode).toBe(0);
    },
  );

  it('ends with code 1 at the limit if something still keeps it alive', async () => {
    const { exitCode, output } = await run(`{ limit: 300, stop: async () => {} }`, ['SIGTERM']);
    expect(output).toContain('Still running after 300 ms: ending the process.');
    expect(exitCode).toBe(1);
  });

  it('has all the time of a limit that is too long for a timer', async () => {
    const { exitCode, output } = await run(
      `{ limit: 3_600_000_000, delay: 100, stop: async () => { clearInterval(alive); } }`,
      ['SIGTERM'],
    );
    expect(output).not.toContain('Still running');
    expect(exitCode).toBe(0);
  });

  it('ends with code 1, and says why, if stopping fails', async () => {
    const { exitCode, output } = await run(
      `{ limit: 10_000, stop: async () => { clearInterval(alive); throw new Error('pool is stuck'); } }`,
      ['SIGTERM'],
    );
    expect(output).toContain('pool is stuck');
    expect(exitCode).toBe(1);
  });

  it('ends with the code that stopping ends with, even if something keeps it alive', async () => {
    const { exitCode, output } = await run(`{ limit: 10_000, stop: async () => 75 }`, ['SIGTERM']);
    expect(output).toMatch(/stopped after \d+ ms, but not everything had finished: exit code 75\./);
    expect(exitCode).toBe(75);
  });

  it('ends at once on a second signal, and says so', async () => {
    const { exitCode, output } = await run(`{ limit: 60_000, stop: () => new Promise(() => {}) }`, [
      'SIGTERM',
      'SIGINT',
    ]);
    expect(output).toContain('SIGINT again: ended at once, with exit code 130.');
    expect(exitCode).toBe(130);
  });

  it('stays up, not ready, for as long as load balancers need to notice', async () => {
    const { exitCode, output } = await run(
      `{ delay: 300, limit: 10_000, stop: async () => { clearInterval(alive); } }`,
      ['SIGTERM'],
    );
    expect(Number(/stopped after (\d+) ms/.exec(output)?.[1])).toBeGreaterThanOrEqual(290);
    expect(exitCode).toBe(0);
  });

  it('during its start, ends the waits of the start, and then itself with code 0: no work had begun', async () => {
    const { exitCode, output } = await run(
      `{
        limit: 60_000,
        delay: 60_000,
        starting: new Promise((_, reject) =>
          readiness.stopping.addEventListener('abort', () => reject(readiness.stopping.reason)),
        ),
        stop: async () => { console.log('there is nothing to stop'); },
      }`,
      ['SIGTERM'],
      { isStarted: false },
    );
    expect(output).toContain('Stopped during the start: no work had begun.');
    expect(output).not.toContain('there is nothing to stop');
    expect(exitCode).toBe(0);
  });

  it('during a start that succeeds all the same, stops what was started', async () => {
    const { exitCode, output } = await run(
      `{
        limit: 60_000,
        starting: new Promise((resolve) => readiness.stopping.addEventListener('abort', resolve)),
        stop: async () => { console.log('let go'); clearInterval(alive); },
      }`,
      ['SIGINT'],
      { isStarted: false },
    );
    expect(output).toMatch(/let go\n[^]*stopped after \d+ ms/);
    expect(exitCode).toBe(0);
  });
});
