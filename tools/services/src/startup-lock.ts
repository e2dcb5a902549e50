import { linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readJsonFile, writeJsonFile } from './json-file';
import { isSameProcess, processStart } from './process-identity';
import { ServicesError } from './services.error';

/**
 * Another process has been starting or stopping the services for too long.
 *
 * To do: end the process that the message names if it hangs, and run the command again.
 *
 * @group Development services
 */
export class StartupLockError extends ServicesError {
  override readonly code = 'SERVICES_STARTUP_LOCK';

  constructor(
    readonly folder: string,
    readonly holder: number,
    seconds: number,
  ) {
    super(
      `Process ${holder} has been starting or stopping the services for more than ${seconds} s. ` +
        `Look at what it does; if it hangs, end it (kill -9 ${holder}) and run the command again.`,
    );
  }
}

interface Ticket {
  pid: number;
  start: string;
  done: boolean;
}

/**
 * Runs `work` while no other process of this machine holds the same lock. A killed holder (-9 included)
 * releases it.
 *
 * Node has no flock(2). Deleting the file of a dead holder would be a race (two waiters see the same dead
 * holder, and the second deletes the file of the first), so nothing is taken over: each holder creates the
 * next numbered ticket, which link(2) allows only one process to do, and the highest ticket is never
 * deleted. A waiter that was suspended and created a ticket below the highest one detects that, and queues
 * again.
 */
export async function withStartupLock<T>(
  folder: string,
  work: () => Promise<T>,
  { timeout = 120_000 }: { timeout?: number } = {},
): Promise<T> {
  const ticket = await acquire(folder, timeout);
  try {
    return await work();
  } finally {
    release(folder, ticket);
  }
}

async function acquire(folder: string, timeout: number): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const deadline = Date.now() + timeout;
  for (;;) {
    const last = highest(folder);
    const holder = last === 0 ? undefined : readTicket(folder, last);
    if (!holder || holder.done || !isSameProcess(holder.pid, holder.start)) {
      const mine = last + 1;
      if (take(folder, mine)) {
        if (highest(folder) === mine) return mine;
        rmSync(join(folder, String(mine)), { force: true });
      }
    } else if (Date.now() > deadline) {
      throw new StartupLockError(folder, holder.pid, timeout / 1_000);
    }
    await pause(20 + Math.random() * 20);
  }
}

function take(folder: string, number: number): boolean {
  const draft = join(folder, `draft-${process.pid}-${Math.random().toString(36).slice(2)}`);
  try {
    writeFileSync(draft, JSON.stringify(ticketOf(false)));
    linkSync(draft, join(folder, String(number)));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function release(folder: string, number: number): void {
  writeJsonFile(join(folder, String(number)), ticketOf(true));
  for (const lower of numbers(folder).filter((other) => other < number)) {
    rmSync(join(folder, String(lower)), { force: true });
  }
}

function ticketOf(done: boolean): Ticket {
  return { pid: process.pid, start: processStart(process.pid) ?? 'unknown', done };
}

function readTicket(folder: string, number: number): Ticket | undefined {
  return readJsonFile(join(folder, String(number))) as Ticket | undefined;
}

function numbers(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function highest(folder: string): number {
  return Math.max(0, ...numbers(folder));
}
