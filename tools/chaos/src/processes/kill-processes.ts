import { setTimeout as sleep } from 'node:timers/promises';
import { processTable } from '@tools/experiment';

/** How long a sandbox may outlive its killed worker, in milliseconds. */
const ORPHAN_LIMIT = 10_000;

/** Kills a child of one of these processes. @returns its pid; `undefined` if there was none */
export async function killChild(
  parents: ReadonlySet<number | undefined>,
  target: number,
): Promise<number | undefined> {
  const children = (await processTable()).filter(({ parent }) => parents.has(parent));
  const victim = children[Math.floor(target * children.length)]?.pid;
  return victim !== undefined && killNow(victim) ? victim : undefined;
}

/**
 * Kills the processes that still run a program below `folder`, although all were stopped: their open pipes
 * would keep this process alive. Sandboxes of workers belong to them.
 *
 * @returns a sentence for each
 */
export async function killLeftovers(folder: string): Promise<string[]> {
  for (const deadline = Date.now() + ORPHAN_LIMIT; ;) {
    const left = (await processTable()).filter(({ command }) => command.includes(folder));
    if (left.length === 0 || Date.now() > deadline) {
      for (const { pid } of left) killNow(pid);
      return left.map(({ pid, command }) => `process ${pid}: ${command}`);
    }
    await sleep(200);
  }
}

/** @returns false if the process has exited meanwhile */
function killNow(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
