import { runCommand } from './run-command';

/** The resident memory of a process and of all that it has started, in bytes; shared pages count in each. */
export async function residentBytesOfTree(root: number): Promise<number> {
  const { output } = await runCommand(['ps', '-A', '-o', 'pid=,ppid=,rss='], { cwd: '/' });
  const processes = output
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, kilobytes = 0]) => ({ pid, parent, bytes: kilobytes * 1_024 }));
  const tree = new Set([root]);
  let size = 0;
  while (tree.size > size) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  return processes.filter(({ pid }) => tree.has(pid)).reduce((sum, { bytes }) => sum + bytes, 0);
}
