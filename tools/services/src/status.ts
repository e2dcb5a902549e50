import { explainFileErrors } from './file-error';
import { findKeeper, keeperStatus } from './keeper/launch-keeper';
import { mailboxUrl, smtpUrl } from './keeper/keeper-file';
import { databaseUrl } from './postgres/database';
import { readPostmasterFile } from './postgres/postmaster-file';
import { answers } from './postgres/server';
import { currentDataFolder } from './postgres/server-files';
import { type ServicePaths, servicePaths } from './service-paths';

export interface ServicesStatus {
  postgres: {
    running: boolean;
    url?: string;
    pid?: number;
    port?: number;
    dataFolder: string;
    logFile: string;
    since?: string;
  };
  mail: {
    running: boolean;
    smtpUrl?: string;
    mailboxUrl?: string;
    pid?: number;
    folder: string;
    logFile: string;
    since?: string;
  };
  /** When all of it stops if nobody uses it until then. */
  stopsAt?: string;
}

/** What really runs now, asked from the processes themselves. */
export async function status(workspaceRoot: string): Promise<ServicesStatus> {
  const paths = servicePaths(workspaceRoot);
  return explainFileErrors(paths, () => ask(paths));
}

async function ask(paths: ServicePaths): Promise<ServicesStatus> {
  const keeper = await findKeeper(paths);
  const dataFolder = currentDataFolder(paths);
  return {
    postgres: {
      ...(await postgresStatus(dataFolder)),
      dataFolder,
      logFile: paths.postgresLog,
    },
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

async function postgresStatus(
  data: string,
): Promise<{ running: boolean; url?: string; pid?: number; port?: number; since?: string }> {
  const file = readPostmasterFile(data);
  if (file.state !== 'running' || !(await answers(data, file.postmaster)))
    return { running: false };
  const { pid, port, startedAt } = file.postmaster;
  return {
    running: true,
    url: databaseUrl(data, port),
    pid,
    port,
    since: new Date(startedAt).toISOString(),
  };
}
