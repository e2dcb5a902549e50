import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { guard } from '../run/cleanup-guard';
import { interruption } from '../run/interruption';

export interface SpawnOptions {
  cwd: string;
  /** All variables that it gets. */
  env: NodeJS.ProcessEnv;
}

/**
 * Starts a program that ends with this one, and with it whatever it starts. Ctrl-C does not reach it in
 * its own process group; it is killed then, because nothing that it does counts any more.
 */
export function spawnProgram(
  command: string,
  args: readonly string[],
  { cwd, env }: SpawnOptions,
): ChildProcessByStdio<null, Readable, Readable> {
  interruption.throwIfAborted();
  const child = guard(
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
