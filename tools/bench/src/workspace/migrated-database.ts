import { Client } from 'pg';
import type { WorkspaceCopy } from './workspace-copy';

/**
 * Creates a database, and applies the migrations of a copy of the workspace with its own command: another
 * checkout may have other tables.
 *
 * @param server the URL of any database of the server
 * @returns the URL of the new one
 */
export async function migratedDatabase(
  server: string,
  name: string,
  copy: WorkspaceCopy,
): Promise<string> {
  const client = new Client({ connectionString: server, application_name: 'bench' });
  await client.connect();
  try {
    await client.query(`create database "${name}"`);
  } finally {
    await client.end();
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  const tsx = copy.path('node_modules/tsx/dist/cli.mjs');
  await copy.node([tsx, '--tsconfig', 'tsconfig.base.json', 'apps/api/src/migrate.ts'], {
    DATABASE_URL: url.href,
  });
  return url.href;
}
