import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isSameProcess, processStart, programName } from './process-identity';

describe('process identity', () => {
  it('tells a living process from one that has ended', async () => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid ?? 0;
    const start = processStart(pid);
    expect(start).toBeDefined();
    expect(isSameProcess(pid, start ?? '')).toBe(true);
    expect(programName(pid)).toBe('sleep');

    child.kill();
    await once(child, 'close');
    expect(processStart(pid)).toBeUndefined();
  });

  it('tells a process from a later one that was given the same pid', () => {
    expect(isSameProcess(process.pid, 'an earlier time')).toBe(false);
  });
});
