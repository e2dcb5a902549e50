import { explainFileErrors } from './file-error';
import { findKeeper, keeperStatus } from './keeper/launch-keeper';
import { mailboxUrl, smtpUrl } from './keeper/keeper-file';
import { databaseUrl } from './postgres/database';
import { readPostmasterFile } from './postgres/postmaster-file';
import { answers } from './postgres/server';
import { currentDataFolder } from './postgres/server-files';
import { type PostgresRole, type ServicePaths, servicePaths } from './service-paths';

export interface PostgresStatus {
  running: boolean;
  url?: string;
  pid?: number;
  port?: number;
  dataFolder: string;
  logFile: string;
  since?: string;
}

export interface ServicesStatus {
  postgres: PostgresStatus;
  /** The server used only by tests. */
  testPostgres: PostgresStatus;
  mail: {
    running: boolean;
    smtpUrl?: string;
    mailboxUrl?: string;
    pid?: number;
    folder: string;
    logFile: string;
    since?: string;
  };
  /** When everything stops if unused until then. */
  stopsAt?: string;
}

/** The actual state, queried from the processes themselves. */
export async function status(workspaceRoot: string): Promise<ServicesStatus> {
  const paths = servicePaths(workspaceRoot);
  return explainFileErrors(paths, () => ask(paths));
}

async function ask(paths: ServicePaths): Promise<ServicesStatus> {
  const keeper = await findKeeper(paths);
  return {
    postgres: await postgresStatus(paths, 'development'),
    testPostgres: await postgresStatus(paths, 'tests'),
    mail: {
      running: keeper !== undefined,
      smtpUrl: keeper && smtpUrl(keeper),
      mailboxUrl: keeper && mailboxUrl(keeper),
      pid: keeper?.pid,
      folder: paths.mail,
      logFile: paths.keeperLog,
      since: keeper?.startedAt,
    },
    stopsAt: keeper && (await keeperStatus(keeper))?.stopsAt,
  };
}

async function postgresStatus(paths: ServicePaths, role: PostgresRole): Promise<PostgresStatus> {
  const data = currentDataFolder(paths, role);
  const files = { dataFolder: data, logFile: paths.postgres[role].log };
  const file = readPostmasterFile(data);
  if (file.state !== 'running' || !(await answers(data, file.postmaster)))
    return { running: false, ...files };
  const { pid, port, startedAt } = file.postmaster;
  return {
    running: true,
    ...files,
    url: databaseUrl(data, port),
    pid,
    port,
    since: new Date(startedAt).toISOString(),
  };
}
