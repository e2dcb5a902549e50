import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { runCommand } from '@tools/experiment';

export interface ProcessUsage {
  /** Resident memory, in bytes. */
  rss: number;
  /**
   * Processor time, in milliseconds: of all threads, so that it may exceed the time on the clock. Hardly
   * depends on what else the machine does. Only on Linux; no other system tells it this precisely.
   */
  cpu?: number;
}

/** In milliseconds: the unit of /proc, the same on every Linux that Node runs on. */
const TICK = 10;

export async function processUsage({ pid = 0 }: ChildProcess): Promise<ProcessUsage> {
  const [rss, cpu] = await Promise.all([residentBytes(pid), cpuTime(pid)]);
  return { rss, ...(cpu === undefined ? {} : { cpu }) };
}

/** What `ps` says, on Linux and on macOS: kilobytes. */
async function residentBytes(pid: number): Promise<number> {
  const { output } = await runCommand(['ps', '-o', 'rss=', '-p', String(pid)], { cwd: '/' });
  return Number(output.trim()) * 1024;
}

/** proc(5): after the name in brackets, which may hold spaces, utime and stime are the 12th and 13th. */
async function cpuTime(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}
