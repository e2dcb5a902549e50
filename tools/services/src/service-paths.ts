import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Development data is kept; the tests' data is disposable (see server-settings.ts). */
export type PostgresRole = (typeof POSTGRES_ROLES)[number];
export const POSTGRES_ROLES = ['development', 'tests'] as const;

export interface PostgresPaths {
  /** The data folder, unless the server's account cannot reach it (see server-files.ts). */
  readonly data: string;
  readonly log: string;
}

/** The paths of everything that the services of one workspace write. */
export interface ServicePaths {
  readonly workspaceRoot: string;
  /** The git-ignored folder; deleting it (after `down`) deletes everything. */
  readonly folder: string;
  readonly postgres: Readonly<Record<PostgresRole, PostgresPaths>>;
  readonly mail: string;
  readonly keeperLog: string;
  /** The running services, as of the last `up`: {@link ServiceState}. */
  readonly state: string;
  /** Identifies the keeper; written by the keeper itself. */
  readonly keeper: string;
  readonly lock: string;
}

export function servicePaths(workspaceRoot: string): ServicePaths {
  const folder = join(workspaceRoot, '.services');
  return {
    workspaceRoot,
    folder,
    postgres: {
      development: postgresPaths(folder, 'postgres'),
      tests: postgresPaths(folder, 'test-postgres'),
    },
    mail: join(folder, 'mail'),
    keeperLog: join(folder, 'logs', 'keeper.log'),
    state: join(folder, 'services.json'),
    keeper: join(folder, 'keeper.json'),
    lock: join(folder, 'lock'),
  };
}

function postgresPaths(folder: string, name: string): PostgresPaths {
  return { data: join(folder, name), log: join(folder, 'logs', `${name}.log`) };
}

export function makeServicesFolder({ folder }: ServicePaths): void {
  mkdirSync(folder, { recursive: true });
  // Root's umask may keep out the account that Postgres runs as.
  if (process.getuid?.() === 0) chmodSync(folder, 0o755);
}
