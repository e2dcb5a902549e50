import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PostgresRole, ServicePaths } from '../service-paths';
import { readState } from '../service-state';
import { type Account, serverAccount } from './account';
import { postgresBinaries, type PostgresBinaries } from './binaries';

/** The server's files and account. */
export interface ServerFiles extends PostgresBinaries {
  /** Data folder; may not exist yet. */
  data: string;
  account: Account | undefined;
  /** One line for the user, if something is not in its usual place. */
  notice: string | undefined;
}

/**
 * Usually binaries in node_modules and data in the workspace. Started by root, Postgres runs as another
 * account, which needs access to both, but a workspace below a private folder (/root has mode 700) denies
 * it. Inaccessible files are then kept in a separate folder below /var, identified by the workspace's path.
 */
export function serverFiles(paths: ServicePaths, role: PostgresRole): ServerFiles {
  const binaries = postgresBinaries();
  const { native } = binaries;
  const { data } = paths.postgres[role];
  const refuge = refugeFolder(paths.workspaceRoot);
  const account = serverAccount([data, join(refuge, basename(data)), paths.workspaceRoot]);
  const usual = { ...binaries, data, account, notice: undefined };
  if (!account) return usual;

  const reachable = {
    native: canRun(account, join(native, 'bin', 'initdb'), '--version'),
    data: canRun(account, 'test', '-x', paths.folder),
  };
  if (reachable.native && reachable.data) {
    return usual;
  }
  mkdirSync(refuge, { recursive: true, mode: 0o755 });
  chmodSync(refuge, 0o755);
  return {
    ...binaries,
    native: reachable.native ? native : copyOnce(binaries, refuge),
    data: reachable.data ? data : join(refuge, basename(data)),
    account,
    notice:
      `Postgres refuses to run as root and runs as "${account.name}". That account cannot reach ` +
      `${paths.workspaceRoot}, so its files are in ${refuge}.`,
  };
}

/** The current data folder of a server. Changes nothing. */
export function currentDataFolder(paths: ServicePaths, role: PostgresRole): string {
  const { postgres, testPostgres } = readState(paths.state);
  const known = role === 'tests' ? testPostgres : postgres;
  if (known) return known.dataFolder;
  // services.json was lost; detect the folder that exists.
  const { data } = paths.postgres[role];
  const elsewhere = join(refugeFolder(paths.workspaceRoot), basename(data));
  return existsSync(elsewhere) && !existsSync(data) ? elsewhere : data;
}

/** The location of a workspace's Postgres if it cannot be in the workspace. */
export function refugeFolder(workspaceRoot: string): string {
  const hash = createHash('sha256').update(workspaceRoot).digest('hex').slice(0, 10);
  const parent = existsSync('/var/lib') ? '/var/lib' : '/var/tmp';
  return join(parent, `${basename(workspaceRoot)}-services-${hash}`);
}

function canRun(account: Account, command: string, ...args: string[]): boolean {
  const { uid, gid } = account;
  return spawnSync(command, args, { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0;
}

function copyOnce({ native, version }: PostgresBinaries, refuge: string): string {
  const copy = join(refuge, `binaries-${version}`);
  if (existsSync(copy)) return copy;
  const draft = `${copy}.new`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  renameSync(draft, copy);
  return copy;
}
