import { existsSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { explainFileErrors } from './file-error';
import { readKeeperFile } from './keeper/keeper-file';
import { stopServer } from './postgres/server';
import { currentDataFolder, refugeFolder } from './postgres/server-files';
import { isSameProcess } from './process-identity';
import { type ServicePaths, servicePaths } from './service-paths';
import { withStartupLock } from './startup-lock';

export interface DownResult {
  stopped: ('postgres' | 'test-postgres' | 'mail')[];
  /** Deleted folders. */
  purged: string[];
}

/** How long the keeper may take to exit before it is killed. */
const KEEPER_GRACE_MS = 5_000;

/**
 * Stops everything that runs, and resolves once it has ended.
 *
 * @param purge also deletes the data: the database, the caught mail and the logs
 */
export async function down(
  workspaceRoot: string,
  { purge = false }: { purge?: boolean } = {},
): Promise<DownResult> {
  const paths = servicePaths(workspaceRoot);
  return explainFileErrors(paths, async () => ({
    stopped: existsSync(paths.folder)
      ? await withStartupLock(paths.lock, () => stopAll(paths))
      : [],
    purged: purge ? deleteAll(paths) : [],
  }));
}

async function stopAll(paths: ServicePaths): Promise<DownResult['stopped']> {
  const stopped: DownResult['stopped'] = [];
  if (await stopKeeper(paths)) stopped.push('mail');
  if (await stopServer(currentDataFolder(paths, 'development'))) stopped.push('postgres');
  if (await stopServer(currentDataFolder(paths, 'tests'))) stopped.push('test-postgres');
  return stopped;
}

async function stopKeeper(paths: ServicePaths): Promise<boolean> {
  const keeper = readKeeperFile(paths.keeper);
  const lives = (): boolean => keeper !== undefined && isSameProcess(keeper.pid, keeper.start);
  if (!keeper || !lives()) return false;
  process.kill(keeper.pid, 'SIGTERM');
  const deadline = Date.now() + KEEPER_GRACE_MS;
  while (lives()) {
    if (Date.now() > deadline) process.kill(keeper.pid, 'SIGKILL');
    await pause(20);
  }
  return true;
}

function deleteAll(paths: ServicePaths): string[] {
  const folders = [paths.folder, refugeFolder(paths.workspaceRoot)].filter((path) =>
    existsSync(path),
  );
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  return folders;
}
