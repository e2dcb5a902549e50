import { runCommand } from './run-command';

export interface ProcessEntry {
  pid: number;
  /** The id of its parent; of one whose parent has ended, of whoever takes in orphans. */
  parent: number;
  /** The program with its arguments. */
  command: string;
}

/** All processes of this machine; one that has ended, and that nobody has waited for, has no command. */
export async function processTable(): Promise<ProcessEntry[]> {
  const ps = ['ps', '-A', '-ww', '-o', 'pid=,ppid=,command='];
  const { output } = await runCommand(ps, { cwd: '/' });
  return output.split('\n').flatMap((line) => {
    const [, pid, parent, command = ''] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : { pid: Number(pid), parent: Number(parent), command };
  });
}
