import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startDetached } from '../detached-process';
import { freePort } from '../free-port';
import { processStart } from '../process-identity';
import type { PostgresRole } from '../service-paths';
import { ServicesError } from '../services.error';
import { databaseUrl, withClient } from './database';
import { type Postmaster, readPostmasterFile } from './postmaster-file';
import { serverEnvironment } from './server-environment';
import type { ServerFiles } from './server-files';
import { serverSettings } from './server-settings';

/**
 * The Postgres server does not start, or does not answer.
 *
 * To do: read its log, which the message names.
 *
 * @group Development services
 */
export class PostgresStartError extends ServicesError {
  override readonly code = 'SERVICES_POSTGRES_START';
}

/** Tried first, so that saved connections of database tools keep working. */
export const PREFERRED_PORT = 54329;

const START_TIMEOUT_MS = 60_000;

/** Error codes of a server that is stopping (57P01), has crashed (57P02) or is starting (57P03). */
const NOT_NOW = new Set(['57P01', '57P02', '57P03']);

export interface ServerStart {
  role: PostgresRole;
  log: string;
  /** The port to try first. */
  lastPort?: number | undefined;
}

export interface RunningServer {
  postmaster: Postmaster;
  /** Whether this call started it. */
  started: boolean;
}

/** Finds the server of a data folder, or starts it; resolves once it accepts queries. */
export async function ensureServer(
  files: ServerFiles,
  { role, log, lastPort }: ServerStart,
): Promise<RunningServer> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let started = false;
  let reason = '';
  while (Date.now() < deadline) {
    const file = readPostmasterFile(files.data);
    if (file.state === 'running') {
      if (await answers(files.data, file.postmaster))
        return { postmaster: file.postmaster, started };
      // Starting, recovering after a crash, or stopping: the file will show which.
      await pause(50);
      continue;
    }
    const reused = file.state === 'reused' ? file.pid : undefined;
    const failure = await startOnce(files, { role, log, lastPort }, reused, deadline);
    if (failure === undefined) {
      started = true;
      continue;
    }
    reason = failure;
    if (!isPassing(failure)) break;
    await pause(200);
  }
  throw startError(files, log, reason);
}

/** Stops the server of a data folder and waits until it has ended. */
export async function stopServer(data: string): Promise<boolean> {
  const file = readPostmasterFile(data);
  if (file.state !== 'running') return false;
  const { pid } = file.postmaster;
  // SIGINT is Postgres' "fast" shutdown: sessions are ended, everything is written to disk.
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (readPostmasterFile(data).state === 'running') {
    if (Date.now() > deadline) {
      throw new PostgresStartError(
        `Postgres (process ${pid}) has not stopped for ${START_TIMEOUT_MS / 1_000} s. ` +
          `Force it to stop: kill -QUIT ${pid}. No committed data is lost.`,
      );
    }
    await pause(30);
  }
  return true;
}

/** Whether a server accepts queries; false while it starts, recovers or stops. */
export async function answers(data: string, { pid, port }: Postmaster): Promise<boolean> {
  try {
    // The password is unique to this data folder, so no other server on the port accepts it.
    await withClient(databaseUrl(data, port, 'postgres'), (client) => client.query('select'));
    return true;
  } catch (error) {
    // A five-character code is the server's own answer. All except "not now" are permanent, such as a
    // changed password or too many connections.
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (/^[0-9A-Z]{5}$/.test(code) && !NOT_NOW.has(code)) {
      throw new PostgresStartError(
        `Postgres is running (process ${pid}, port ${port}) but refuses a connection: ${message}. ` +
          `To restart it: npx nx run services:down, then services:up.`,
        { cause: error },
      );
    }
    return false;
  }
}

/** Starts the server and waits until it reports that it is ready; resolves to its output if it ended instead. */
async function startOnce(
  files: ServerFiles,
  { role, log, lastPort }: ServerStart,
  reusedPid: number | undefined,
  deadline: number,
): Promise<string | undefined> {
  const port = await freePort([lastPort, ...(role === 'development' ? [PREFERRED_PORT] : [])]);
  // Postgres' own way to learn that the pid in a stale postmaster.pid is not a server. Better than deleting
  // the file, which also guards against server processes that outlived their server.
  const notAServer = reusedPid === undefined ? {} : { PG_GRANDPARENT_PID: String(reusedPid) };
  const logStart = sizeOf(log);
  const pid = await startDetached({
    command: join(files.native, 'bin', 'postgres'),
    args: serverArguments(files.data, port, role),
    env: serverEnvironment(notAServer),
    log,
    uid: files.account?.uid,
    gid: files.account?.gid,
  });
  while (Date.now() < deadline) {
    const file = readPostmasterFile(files.data);
    if (file.state === 'running' && file.postmaster.ready) return undefined;
    if (processStart(pid) === undefined) return readFrom(log, logStart);
    await pause(25);
  }
  return readFrom(log, logStart);
}

function serverArguments(data: string, port: number, role: PostgresRole): string[] {
  return [
    '-D',
    data,
    ...Object.entries({ ...serverSettings(role), port }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]),
  ];
}

/**
 * Whether a retry can help: another program took the port first, or processes of a killed server are still
 * ending.
 */
function isPassing(log: string): boolean {
  return /could not bind|could not create any TCP\/IP|pre-existing shared memory block/i.test(log);
}

function startError(files: ServerFiles, log: string, reason: string): PostgresStartError {
  const fatal = reason
    .split('\n')
    .filter((line) => /FATAL|PANIC|ERROR|error while loading|HINT/.test(line))
    .map((line) => line.replace(/^.*?(FATAL|PANIC|ERROR|HINT): +/, ''));
  const said = fatal.join(' ').trim() || reason.trim().slice(-500) || 'it does not answer';
  const wayOut = reason.includes('No space left')
    ? 'Free some space and run the command again.'
    : 'To discard the data and start over: npx nx run services:down --purge';
  return new PostgresStartError(
    `Postgres does not start on ${files.data}: ${said}\nThe full log is ${log}. ${wayOut}`,
  );
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readFrom(file: string, offset: number): string {
  const content = readFileSync(file);
  // Shorter than before: the log was rotated, and this is a new one.
  return content.subarray(content.length < offset ? 0 : offset).toString('utf8');
}
