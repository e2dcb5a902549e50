import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { guardProcess } from '../run/clean-up-guard';
import { interruption } from '../run/interruption';

export interface SpawnOptions {
  cwd: string;
  /** All of its environment variables. */
  env: NodeJS.ProcessEnv;
}

/**
 * Starts a program in a process group of its own, which ends with this process. Ctrl-C does not reach it
 * there: it is killed when the experiment is stopped, because its work no longer counts.
 */
export function spawnProgram(
  command: string,
  args: readonly string[],
  { cwd, env }: SpawnOptions,
): ChildProcessByStdio<null, Readable, Readable> {
  interruption.throwIfAborted();
  const child = guardProcess(
    spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  const kill = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  interruption.addEventListener('abort', kill);
  child.once('exit', () => {
    interruption.removeEventListener('abort', kill);
  });
  return child;
}
