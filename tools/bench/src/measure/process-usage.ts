import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
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
  const fields = await statOf(pid);
  return fields && (Number(fields[11]) + Number(fields[12])) * TICK;
}

/**
 * CPU time of a process, of its children, and of those that have ended and it has waited for, in milliseconds. Only on
 * Linux: undefined elsewhere.
 */
export async function cpuTimeWithChildren(pid: number): Promise<number | undefined> {
  const entries = await readdir('/proc').catch(() => []);
  const all = await Promise.all(entries.filter((name) => /^\d+$/.test(name)).map(statOf));
  const children = all.filter((fields) => fields?.[1] === String(pid));
  const own = await statOf(pid);
  if (own === undefined) return undefined;
  const times = [
    ...own.slice(11, 15),
    ...children.flatMap((fields) => fields?.slice(11, 13) ?? []),
  ];
  return times.reduce((total, ticks) => total + Number(ticks), 0) * TICK;
}

/** The fields after the name. */
async function statOf(pid: number | string): Promise<string[] | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}
