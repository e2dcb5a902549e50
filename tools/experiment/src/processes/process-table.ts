import { runCommand } from './run-command';

export interface ProcessEntry {
  pid: number;
  /** The pid of its parent; an orphan has that of the process that adopts orphans. */
  parent: number;
  /** Resident memory in bytes; pages that processes share count in each of them. */
  rss: number;
  /** The program with its arguments; empty for a process that has ended and was not waited for. */
  command: string;
}

/** All processes of this machine. */
export async function processTable(): Promise<ProcessEntry[]> {
  const ps = ['ps', '-A', '-ww', '-o', 'pid=,ppid=,rss=,command='];
  const { output } = await runCommand(ps, { cwd: '/' });
  return output.split('\n').flatMap((line) => {
    const [, pid, parent, kilobytes, command = ''] =
      /^ *(\d+) +(\d+) +(\d+) ?(.*)$/.exec(line) ?? [];
    if (pid === undefined) return [];
    return { pid: Number(pid), parent: Number(parent), rss: Number(kilobytes) * 1_024, command };
  });
}

/** The resident memory of a process and its descendants, in bytes. */
export async function residentBytesOfTree(root: number): Promise<number> {
  const table = await processTable();
  const tree = new Set([root]);
  for (let size = 0; size < tree.size;) {
    size = tree.size;
    for (const { pid, parent } of table) if (tree.has(parent)) tree.add(pid);
  }
  return table.filter(({ pid }) => tree.has(pid)).reduce((sum, { rss }) => sum + rss, 0);
}
