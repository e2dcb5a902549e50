import { explainFileErrors } from './file-error';
import { type KeeperFile, mailboxUrl, smtpUrl } from './keeper/keeper-file';
import { ensureKeeper } from './keeper/launch-keeper';
import { bringUpPostgres } from './postgres/bring-up-postgres';
import { makeServicesFolder, type ServicePaths, servicePaths } from './service-paths';
import { type ServiceState, readState, writeState } from './service-state';
import { withStartupLock } from './startup-lock';
import { idleMs, wantsMail, wantsPostgres } from './wanted-services';

export interface UpResult {
  state: ServiceState;
  /** What this call started; the rest was already running. */
  started: ('postgres' | 'mail')[];
  /** Lines for the user. */
  notices: string[];
}

/**
 * Ensures that the services run, and resolves once Postgres accepts queries, its database exists, and the
 * mail catcher accepts mail. Safe to call at any time, and concurrently from any number of processes.
 *
 * With `DATABASE_URL` in `env`, starts no Postgres. With `SMTP_URL` as well, starts nothing.
 * `SERVICES_IDLE_MINUTES` (30): stop after that long without use; read by the call that starts the keeper.
 *
 * @throws ServicesError with a user-facing message
 */
export async function up(
  workspaceRoot: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<UpResult> {
  const paths = servicePaths(workspaceRoot);
  const idle = idleMs(env);
  if (!wantsPostgres(env) && !wantsMail(env)) return { state: {}, started: [], notices: [] };
  return explainFileErrors(paths, async () => {
    makeServicesFolder(paths);
    return withStartupLock(paths.lock, () => bringUp(paths, idle, env));
  });
}

async function bringUp(
  paths: ServicePaths,
  idle: number,
  env: NodeJS.ProcessEnv,
): Promise<UpResult> {
  const result: UpResult = { state: readState(paths.state), started: [], notices: [] };
  // Both start in parallel.
  const keeper = ensureKeeper(paths, idle);
  await Promise.all([keeper, wantsPostgres(env) && startPostgres(paths, result)]);
  const { file, started } = await keeper;
  if (started) result.started.push('mail');
  result.state = { ...result.state, ...describeKeeper(paths, file) };
  writeState(paths.state, result.state);
  return result;
}

async function startPostgres(paths: ServicePaths, result: UpResult): Promise<void> {
  const { url, state, started, notice } = await bringUpPostgres(
    paths,
    'development',
    result.state.postgres,
  );
  if (notice) result.notices.push(notice);
  if (started) result.started.push('postgres');
  result.state = { ...result.state, databaseUrl: url, postgres: state };
  // Written immediately, so that the keeper knows the data folder whatever happens next.
  writeState(paths.state, result.state);
}

function describeKeeper(paths: ServicePaths, keeper: KeeperFile): ServiceState {
  return {
    smtpUrl: smtpUrl(keeper),
    mailboxUrl: mailboxUrl(keeper),
    keeper: { pid: keeper.pid, logFile: paths.keeperLog, startedAt: keeper.startedAt },
  };
}
