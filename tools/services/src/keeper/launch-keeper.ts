import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { startDetached } from '../detached-process';
import { isSameProcess, processStart } from '../process-identity';
import type { ServicePaths } from '../service-paths';
import { ServicesError } from '../services.error';
import { type KeeperFile, mailboxUrl, readKeeperFile } from './keeper-file';

/**
 * The mail catcher fails to start.
 *
 * To do: read its log, which the message names.
 *
 * @group Development services
 */
export class KeeperStartError extends ServicesError {
  override readonly code = 'SERVICES_KEEPER_START';
}

const TIMEOUT_MS = 30_000;

/** The keeper of this workspace, if it runs and answers. */
export async function findKeeper(paths: ServicePaths): Promise<KeeperFile | undefined> {
  const file = readKeeperFile(paths.keeper);
  if (!file || !isSameProcess(file.pid, file.start)) return undefined;
  const status = await keeperStatus(file);
  return status?.pid === file.pid && status.folder === paths.folder ? file : undefined;
}

export async function keeperStatus(
  file: KeeperFile,
): Promise<{ pid: number; folder: string; stopsAt: string } | undefined> {
  try {
    const response = await fetch(`${mailboxUrl(file)}/keeper`, {
      signal: AbortSignal.timeout(3_000),
      headers: { connection: 'close' },
    });
    return (await response.json()) as { pid: number; folder: string; stopsAt: string };
  } catch {
    return undefined;
  }
}

/** Finds the keeper of this workspace, or starts one; resolves once it answers. */
export async function ensureKeeper(
  paths: ServicePaths,
  idleMs: number,
): Promise<{ file: KeeperFile; started: boolean }> {
  const found = await findKeeper(paths);
  if (found) return { file: found, started: false };
  const file = await waitForKeeper(paths, await launchKeeper(paths, idleMs));
  return { file, started: true };
}

async function launchKeeper(paths: ServicePaths, idleMs: number): Promise<number> {
  const tsx = createRequire(__filename).resolve('tsx');
  const lookEveryMs = Math.min(10_000, Math.max(100, idleMs / 4));
  return startDetached({
    command: process.execPath,
    args: [
      `--import=${pathToFileURL(tsx).href}`,
      join(__dirname, 'keeper.main.ts'),
      paths.workspaceRoot,
      String(idleMs),
      String(lookEveryMs),
    ],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    log: paths.keeperLog,
  });
}

async function waitForKeeper(paths: ServicePaths, pid: number): Promise<KeeperFile> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (processStart(pid) !== undefined && Date.now() < deadline) {
    const keeper = await findKeeper(paths);
    if (keeper?.pid === pid) return keeper;
    await pause(25);
  }
  const size = statSync(paths.keeperLog, { throwIfNoEntry: false })?.size ?? 0;
  const said = size === 0 ? '' : readFileSync(paths.keeperLog, 'utf8').trim().slice(-500);
  throw new KeeperStartError(
    `The mail catcher does not start. Its output: ${said || 'none'}\nThe full log is ${paths.keeperLog}.`,
  );
}
