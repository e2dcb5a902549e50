import { rmSync } from 'node:fs';
import { explainFileErrors } from './file-error';
import { ensureKeeper } from './keeper/launch-keeper';
import { bringUpPostgres, type PostgresUp } from './postgres/bring-up-postgres';
import { DataFolderError } from './postgres/data-folder';
import { PostgresStartError } from './postgres/server';
import { currentDataFolder } from './postgres/server-files';
import { makeServicesFolder, type ServicePaths, servicePaths } from './service-paths';
import { readState, writeState } from './service-state';
import { withStartupLock } from './startup-lock';
import { idleMs } from './wanted-services';

/**
 * Starts the test Postgres unless it runs, and resolves to its URL once it accepts queries. It is separate
 * from the development server, because it trades the safety of its data for speed. Like that server, it
 * stops when neither has been used for a while.
 *
 * @throws ServicesError with a user-facing message
 */
export async function upForTests(
  workspaceRoot: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const paths = servicePaths(workspaceRoot);
  const idle = idleMs(env);
  return explainFileErrors(paths, async () => {
    makeServicesFolder(paths);
    return withStartupLock(paths.lock, async () => {
      // Both start in parallel.
      const keeper = ensureKeeper(paths, idle);
      const [{ url, state }] = await Promise.all([bringUp(paths), keeper]);
      writeState(paths.state, { ...readState(paths.state), testPostgres: state });
      return url;
    });
  });
}

/** An unusable data folder is recreated: it holds nothing to keep, and a power cut may damage it. */
async function bringUp(paths: ServicePaths): Promise<PostgresUp> {
  const last = readState(paths.state).testPostgres;
  try {
    return await bringUpPostgres(paths, 'tests', last);
  } catch (error) {
    const data = currentDataFolder(paths, 'tests');
    if (!(error instanceof PostgresStartError || error instanceof DataFolderError)) throw error;
    rmSync(data, { recursive: true, force: true });
    return bringUpPostgres(paths, 'tests', last);
  }
}
