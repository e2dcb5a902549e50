import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * The start time of a process, in the system's own format; `undefined` if there is no such process, or only
 * a zombie. Systems reuse pids, so store this together with a pid and compare both.
 */
export function processStart(pid: number): string | undefined {
  if (!exists(pid)) return undefined;
  const stat = procStat(pid);
  if (stat) return stat.state === 'Z' ? undefined : stat.start;
  // macOS has no /proc; `ps` is part of its base system.
  const ps = askPs(pid, 'stat=', 'lstart=');
  if (ps === undefined) return 'unknown';
  return ps === '' || ps.startsWith('Z') ? undefined : ps.replace(/^\S+\s+/, '');
}

/** Whether the process with this pid is still the one that started then. */
export function isSameProcess(pid: number, start: string): boolean {
  return processStart(pid) === start;
}

/** The name of a process's program, without its folder; `undefined` if unknown. */
export function programName(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    const command = askPs(pid, 'comm=');
    return command ? basename(command) : undefined;
  }
}

/** The working folder of a process; `undefined` where the system does not reveal it (macOS). */
export function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** State and start time (clock ticks since boot), fields 3 and 22 of proc_pid_stat(5). */
function procStat(pid: number): { state: string; start: string } | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 2 is the program's name in brackets, and may itself contain spaces and brackets.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    return state && start ? { state, start } : undefined;
  } catch {
    return undefined;
  }
}

function askPs(pid: number, ...columns: string[]): string | undefined {
  const { error, stdout } = spawnSync(
    'ps',
    ['-p', String(pid), ...columns.flatMap((column) => ['-o', column])],
    {
      encoding: 'utf8',
      // The same output for every caller.
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    },
  );
  return error ? undefined : stdout.trim();
}
