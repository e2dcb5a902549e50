import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Runs a process that says "up", and then does what the code says. */
async function run(code: string) {
  const child = spawn(
    process.execPath,
    [
      ...['--import', 'tsx', '-e'],
      `const { endOnEarlySignal } = require(${JSON.stringify(join(__dirname, 'early-signal.ts'))});
       const takeOver = endOnEarlySignal();
       console.log('up');
       ${code}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (text: Buffer) => {
    if (output === '') child.kill('SIGTERM');
    output += text.toString();
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, output };
}

describe('a signal before the application is loaded', () => {
  it('ends the process with code 0', async () => {
    const { exitCode, output } = await run('setInterval(() => {}, 1_000);');
    expect(output).toContain('SIGTERM: stopped before the start. No work had begun.');
    expect(exitCode).toBe(0);
  });

  it('is not lost if it comes while the application is loaded: what has taken over gets it', async () => {
    const { exitCode, output } = await run(`
      // What loads the application keeps the process from seeing the signal.
      setTimeout(() => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
        takeOver();
        process.on('SIGTERM', () => { console.log('in order'); process.exit(3); });
        setInterval(() => {}, 1_000);
      }, 0);`);
    expect(output).toBe('up\nin order\n');
    expect(exitCode).toBe(3);
  });
});
