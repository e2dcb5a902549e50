import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { runCommand } from '@tools/experiment';

export interface ProcessUsage {
  /** Resident memory, in bytes. */
  rss: number;
  /**
   * CPU time of all threads, in milliseconds, which may exceed the elapsed time. Other work on the machine
   * hardly affects it. Only on Linux: other systems do not report it this precisely.
   */
  cpu?: number;
}

/** The unit of /proc, in milliseconds; the same on every Linux that Node supports. */
const TICK = 10;

export async function processUsage({ pid = 0 }: ChildProcess): Promise<ProcessUsage> {
  const [rss, cpu] = await Promise.all([residentBytes(pid), cpuTime(pid)]);
  return { rss, ...(cpu === undefined ? {} : { cpu }) };
}

/** `ps` reports kilobytes, on Linux and on macOS. */
async function residentBytes(pid: number): Promise<number> {
  const { output } = await runCommand(['ps', '-o', 'rss=', '-p', String(pid)], { cwd: '/' });
  return Number(output.trim()) * 1024;
}

/** proc(5): after the name in brackets, which may contain spaces, utime and stime are the fields 12 and 13. */
async function cpuTime(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}
