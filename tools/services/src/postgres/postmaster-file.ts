import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { processStart, programName, workingFolder } from '../process-identity';

/**
 * The content of `postmaster.pid` in the data folder of a running server, one value per line: pid, data
 * folder, start time, port, socket folder, address, shared memory, status.
 */
export interface Postmaster {
  pid: number;
  port: number;
  /** When it started, in milliseconds since the epoch. */
  startedAt: number;
  ready: boolean;
}

/** A `postmaster.pid`, and the state of its process. */
export type PostmasterFile =
  | { state: 'none' }
  /** The server runs. */
  | { state: 'running'; postmaster: Postmaster }
  /** The server was killed; Postgres cleans this up at its next start. */
  | { state: 'dead' }
  /** The server was killed, and another program has its pid, which Postgres would mistake for the server. */
  | { state: 'reused'; pid: number };

export function readPostmasterFile(dataFolder: string): PostmasterFile {
  const lines = readLines(join(dataFolder, 'postmaster.pid'));
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return { state: 'none' };
  if (processStart(pid) === undefined)
    return isZombie(pid) ? { state: 'reused', pid } : { state: 'dead' };
  if (!isServerOf(pid, dataFolder)) return { state: 'reused', pid };
  return {
    state: 'running',
    postmaster: {
      pid,
      port: Number(lines[3]),
      startedAt: Number(lines[2]) * 1_000,
      ready: lines[7]?.trim() === 'ready',
    },
  };
}

/** A killed server not yet reaped by its parent; to Postgres it looks alive. */
function isZombie(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isServerOf(pid: number, dataFolder: string): boolean {
  const program = programName(pid);
  if (program !== undefined && program !== 'postgres') return false;
  const folder = workingFolder(pid);
  return folder === undefined || folder === realpathSync(dataFolder);
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
