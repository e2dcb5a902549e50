import { chmodSync, mkdirSync } from 'node:fs';
import { explainFileErrors } from './file-error';
import { type KeeperFile, mailboxUrl, smtpUrl } from './keeper/keeper-file';
import { findKeeper, launchKeeper, waitForKeeper } from './keeper/launch-keeper';
import { databaseUrl, ensureDatabase, withClient } from './postgres/database';
import { ensureDataFolder } from './postgres/data-folder';
import { ensureServer } from './postgres/server';
import { serverFiles } from './postgres/server-files';
import { type ServicePaths, servicePaths } from './service-paths';
import { type ServiceState, readState, writeState } from './service-state';
import { withStartupLock } from './startup-lock';
import { idleMs, wantsMail, wantsPostgres } from './wanted-services';

export interface UpResult {
  state: ServiceState;
  /** What this call started; the rest ran already. */
  started: ('postgres' | 'mail')[];
  /** Lines that a person should see. */
  notices: string[];
}

/**
 * Sees to it that the services run, and resolves once Postgres accepts queries, its database
 * exists, and the mail catcher takes mail. Harmless to call at any time and from any number of processes at once.
 *
 * `DATABASE_URL` in `env` means: no Postgres. `SMTP_URL` as well: nothing at all.
 * `SERVICES_IDLE_MINUTES` (30): stop after that long without use; read by the call that starts the keeper.
 *
 * @throws ServicesError with a message for the person
 */
export async function up(
  workspaceRoot: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<UpResult> {
  const paths = servicePaths(workspaceRoot);
  const idle = idleMs(env);
  if (!wantsPostgres(env) && !wantsMail(env)) return { state: {}, started: [], notices: [] };
  return explainFileErrors(paths, async () => {
    makeFolder(paths);
    return withStartupLock(paths.lock, () => bringUp(paths, idle, env));
  });
}

async function bringUp(
  paths: ServicePaths,
  idle: number,
  env: NodeJS.ProcessEnv,
): Promise<UpResult> {
  const result: UpResult = { state: readState(paths.state), started: [], notices: [] };
  const found = await findKeeper(paths);
  // The two start side by side.
  const launched = found ? undefined : await launchKeeper(paths, idle);
  if (wantsPostgres(env)) await bringUpPostgres(paths, result);
  const keeper = found ?? (await waitForKeeper(paths, launched ?? 0));
  if (launched !== undefined) result.started.push('mail');
  result.state = { ...result.state, ...describeKeeper(paths, keeper) };
  writeState(paths.state, result.state);
  return result;
}

async function bringUpPostgres(paths: ServicePaths, result: UpResult): Promise<void> {
  const files = serverFiles(paths);
  if (files.notice) result.notices.push(files.notice);
  await ensureDataFolder(files);
  const { postmaster, started } = await ensureServer(
    files,
    paths.postgresLog,
    result.state.postgres?.port,
  );
  if (started) result.started.push('postgres');
  await withClient(databaseUrl(files.data, postmaster.port, 'postgres'), (client) =>
    ensureDatabase(client),
  );
  result.state = {
    ...result.state,
    databaseUrl: databaseUrl(files.data, postmaster.port),
    postgres: {
      pid: postmaster.pid,
      port: postmaster.port,
      dataFolder: files.data,
      logFile: paths.postgresLog,
      startedAt: new Date(postmaster.startedAt).toISOString(),
    },
  };
  // Written at once, so that the keeper knows the data folder whatever happens next.
  writeState(paths.state, result.state);
}

function describeKeeper(paths: ServicePaths, keeper: KeeperFile): ServiceState {
  return {
    smtpUrl: smtpUrl(keeper),
    mailboxUrl: mailboxUrl(keeper),
    keeper: { pid: keeper.pid, logFile: paths.keeperLog, startedAt: keeper.startedAt },
  };
}

function makeFolder({ folder }: ServicePaths): void {
  mkdirSync(folder, { recursive: true });
  // Root's umask may keep out the account that Postgres runs as.
  if (process.getuid?.() === 0) chmodSync(folder, 0o755);
}
