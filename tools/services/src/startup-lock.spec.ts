import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { processStart } from './process-identity';
import { StartupLockError, withStartupLock } from './startup-lock';

describe('withStartupLock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'startup-lock-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const holdTicket = (pid: number, start: string): void => {
    writeFileSync(join(folder, '7'), JSON.stringify({ pid, start, done: false }));
  };

  it('lets one at a time in, however many wait', async () => {
    let inside = 0;
    let most = 0;
    const visits = Array.from({ length: 12 }, () =>
      withStartupLock(folder, async () => {
        most = Math.max(most, ++inside);
        await turn();
        inside--;
      }),
    );
    await Promise.all(visits);
    expect(most).toBe(1);
  });

  it('lets the next one in when the work fails', async () => {
    const failing = withStartupLock(folder, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    await expect(withStartupLock(folder, () => Promise.resolve('next'))).resolves.toBe('next');
  });

  it('lets the next one in after kill -9 of the holder', async () => {
    const holder = spawn(
      process.execPath,
      [
        `--import=${pathToFileURL(createRequire(__filename).resolve('tsx')).href}`,
        join(__dirname, 'testing', 'lock-holder.fixture.ts'),
        folder,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    const waiter = withStartupLock(folder, () => Promise.resolve('mine'));
    holder.kill('SIGKILL');
    await once(holder, 'close');
    await expect(waiter).resolves.toBe('mine');
  });

  it('is not held by a process that only has the pid of its dead holder', async () => {
    holdTicket(process.pid, 'some other time');
    await expect(withStartupLock(folder, () => Promise.resolve('mine'))).resolves.toBe('mine');
  });

  it('gives up with a sentence that names the holder', async () => {
    holdTicket(process.pid, processStart(process.pid) ?? '');
    const waiter = withStartupLock(folder, () => Promise.resolve(), { timeout: 100 });
    await expect(waiter).rejects.toThrow(StartupLockError);
    await expect(waiter).rejects.toThrow(`Process ${process.pid} has been starting or stopping`);
  });

  it('keeps one file, not one a visit', async () => {
    for (let visit = 0; visit < 5; visit++) await withStartupLock(folder, () => Promise.resolve());
    expect(readdirSync(folder)).toEqual(['5']);
  });
});
