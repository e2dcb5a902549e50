import { chmodSync, mkdirSync } from 'node:fs';
import { freePort } from './free-port';
import { databaseUrl, ensureDatabase, withClient } from './postgres/database';
import { ensureDataFolder } from './postgres/data-folder';
import { ensureServer, stopServer } from './postgres/server';
import { refugeFolder, serverFiles } from './postgres/server-files';
import { servicePaths } from './service-paths';

/** A Postgres of the caller's own, which nobody else uses: it may be killed and started again. */
export interface PrivatePostgres {
  /** Stays the same for as long as the data lives. */
  readonly port: number;
  /** The address of its database `app`. */
  readonly url: string;
  readonly log: string;
  /** Ends it without a word, as a power cut would, as far as its data is concerned. */
  kill(): void;
  /** Starts it on the same data and port; resolves once it accepts queries. */
  start(): Promise<void>;
  /** Stops it in order. The data stays. */
  stop(): Promise<void>;
}

/**
 * Starts a Postgres with its data below `folder`, or in `privateRefuge(folder)`. The caller stops it, and
 * deletes both.
 *
 * @throws ServicesError with a message for the person
 */
export async function startPrivatePostgres(folder: string): Promise<PrivatePostgres> {
  const paths = servicePaths(folder);
  mkdirSync(paths.folder, { recursive: true });
  // Started as root, Postgres runs as another account.
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
    kill: () => process.kill(pid, 'SIGKILL'),
    start,
    stop: async () => {
      await stopServer(files.data);
    },
  };
}

/** Where the data is if the account that Postgres runs as, started by root, cannot reach `folder`. */
export function privateRefuge(folder: string): string {
  return refugeFolder(folder);
}
