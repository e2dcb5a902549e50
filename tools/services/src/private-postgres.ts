import { chmodSync, mkdirSync } from 'node:fs';
import { freePort } from './free-port';
import { databaseUrl, ensureDatabase, withClient } from './postgres/database';
import { ensureDataFolder } from './postgres/data-folder';
import { ensureServer, stopServer } from './postgres/server';
import { refugeFolder, serverFiles } from './postgres/server-files';
import { servicePaths } from './service-paths';

/** A Postgres used only by the caller, which may kill and restart it. */
export interface PrivatePostgres {
  /** Stays the same as long as the data exists. */
  readonly port: number;
  /** The URL of its database `app`. */
  readonly url: string;
  readonly log: string;
  /** Of its first process, whose children are all the others. */
  readonly pid: number;
  /** Kills it, with the effect of a power cut on its data. */
  kill(): void;
  /** Starts it on the same data and port; resolves once it accepts queries. */
  start(): Promise<void>;
  /** Stops it gracefully. The data stays. */
  stop(): Promise<void>;
}

/**
 * Starts a Postgres with its data below `folder`, or in `privateRefuge(folder)`. The caller stops it, and
 * deletes both.
 *
 * @throws ServicesError with a user-facing message
 */
export async function startPrivatePostgres(folder: string): Promise<PrivatePostgres> {
  const paths = servicePaths(folder);
  mkdirSync(paths.folder, { recursive: true });
  // Started by root, Postgres runs as another account.
  if (process.getuid?.() === 0) for (const each of [folder, paths.folder]) chmodSync(each, 0o755);
  const files = serverFiles(paths, 'development');
  await ensureDataFolder(files);
  const port = await freePort([]);
  let pid = 0;
  const { log } = paths.postgres.development;
  const start = async () => {
    const server = await ensureServer(files, { role: 'development', log, lastPort: port });
    pid = server.postmaster.pid;
  };
  await start();
  await withClient(databaseUrl(files.data, port, 'postgres'), (client) => ensureDatabase(client));
  return {
    port,
    url: databaseUrl(files.data, port),
    log,
    get pid() {
      return pid;
    },
    kill: () => process.kill(pid, 'SIGKILL'),
    start,
    stop: async () => {
      await stopServer(files.data);
    },
  };
}

/** The location of the data if Postgres's account, when started by root, cannot access `folder`. */
export function privateRefuge(folder: string): string {
  return refugeFolder(folder);
}
