import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';

/** A larger log is renamed (`<log>.old`) before the next process writes to it. */
const LOG_LIMIT_BYTES = 5_000_000;

export interface DetachedProcess {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  log: string;
  uid?: number;
  gid?: number;
}

/**
 * Starts a process that outlives this one and its process tree, and resolves to its pid.
 *
 * `detached` alone gives it its own session, so that Ctrl-C in the terminal does not reach it. But it would
 * remain a child while this process runs, and Nx ends a task with its whole process tree (as does a
 * terminal's "kill process tree"). So a shell starts it in the background and exits: from its first moment
 * its parent is the system's init.
 */
export async function startDetached(options: DetachedProcess): Promise<number> {
  const log = openLog(options.log);
  try {
    const shell = spawn(
      '/bin/sh',
      ['-c', '"$0" "$@" </dev/null >&3 2>&3 3>&- & echo $!', options.command, ...options.args],
      {
        cwd: '/',
        detached: true,
        env: options.env,
        uid: options.uid,
        gid: options.gid,
        stdio: ['ignore', 'pipe', 'ignore', log],
      },
    );
    const failure = new Promise<never>((_, reject) => shell.once('error', reject));
    if (!shell.stdout) throw new Error('The shell has no output to read the pid from.');
    const pid = Number(await Promise.race([text(shell.stdout), failure]));
    if (!(pid > 0)) throw new Error(`/bin/sh could not start ${options.command}.`);
    return pid;
  } finally {
    closeSync(log);
  }
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) {
    renameSync(file, `${file}.old`);
  }
  return openSync(file, 'a', 0o600);
}
