import type { PostgresRole, ServicePaths } from '../service-paths';
import type { PostgresState } from '../service-state';
import { databaseUrl, ensureDatabase, withClient } from './database';
import { ensureDataFolder } from './data-folder';
import { ensureServer } from './server';
import { serverFiles } from './server-files';

export interface PostgresUp {
  /** The URL of its database `app`. */
  url: string;
  state: PostgresState;
  started: boolean;
  /** A line for the user. */
  notice: string | undefined;
}

/** Starts a server of the workspace unless it runs; resolves once its database `app` exists. */
export async function bringUpPostgres(
  paths: ServicePaths,
  role: PostgresRole,
  last: PostgresState | undefined,
): Promise<PostgresUp> {
  const files = serverFiles(paths, role);
  const { log } = paths.postgres[role];
  await ensureDataFolder(files);
  const { postmaster, started } = await ensureServer(files, { role, log, lastPort: last?.port });
  await withClient(databaseUrl(files.data, postmaster.port, 'postgres'), (client) =>
    ensureDatabase(client),
  );
  return {
    url: databaseUrl(files.data, postmaster.port),
    state: {
      pid: postmaster.pid,
      port: postmaster.port,
      dataFolder: files.data,
      logFile: log,
      startedAt: new Date(postmaster.startedAt).toISOString(),
    },
    started,
    notice: files.notice,
  };
}
