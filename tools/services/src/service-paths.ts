import { join } from 'node:path';

/** Where the services of one workspace keep everything they write. */
export interface ServicePaths {
  readonly workspaceRoot: string;
  /** The git-ignored folder; deleting it (after `down`) deletes all there is. */
  readonly folder: string;
  /** The data folder of Postgres, unless the server's account cannot reach it (see data-location). */
  readonly postgresData: string;
  readonly postgresLog: string;
  readonly mail: string;
  readonly keeperLog: string;
  /** What runs where, as the last `up` left it: {@link ServiceState}. */
  readonly state: string;
  /** Who the keeper is, written by the keeper itself. */
  readonly keeper: string;
  readonly lock: string;
}

export function servicePaths(workspaceRoot: string): ServicePaths {
  const folder = join(workspaceRoot, '.services');
  return {
    workspaceRoot,
    folder,
    postgresData: join(folder, 'postgres'),
    postgresLog: join(folder, 'logs', 'postgres.log'),
    mail: join(folder, 'mail'),
    keeperLog: join(folder, 'logs', 'keeper.log'),
    state: join(folder, 'services.json'),
    keeper: join(folder, 'keeper.json'),
    lock: join(folder, 'lock'),
  };
}
