import { freePort } from '@libs/testing';

/** The variables of every command in a created workspace: no daemon that outlives it, and a database of its own. */
export async function workspaceEnvironment(
  databaseUrl: string,
  ofPackageManager: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  return {
    ...process.env,
    ...ofPackageManager,
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_NO_CLOUD: 'true',
    // A registry on this machine attests nothing, and the newest Nx is not what is tried.
    NX_SKIP_PROVENANCE_CHECK: 'true',
    NX_MIGRATE_USE_LOCAL: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    DATABASE_URL: databaseUrl,
    WORKER_HTTP: String(await freePort()),
  };
}
