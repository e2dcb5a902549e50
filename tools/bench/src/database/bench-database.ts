import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { developmentEnvironment, up } from '@tools/services';
import { Client } from 'pg';
import { runCommand, WORKSPACE_ROOT } from '@tools/experiment';

const PREFIX = 'bench';

/**
 * Runs `use` with a database of its own on the development Postgres (or the one in DATABASE_URL), with
 * the migrations of the workspace applied, and deletes it.
 */
export async function withBenchDatabase<T>(use: (url: string) => Promise<T>): Promise<T> {
  await up(WORKSPACE_ROOT);
  const env = { ...developmentEnvironment(WORKSPACE_ROOT), ...process.env };
  const server = env['DATABASE_URL'] ?? '';
  const name = `${PREFIX}_${process.pid}_${randomBytes(4).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(server, async (client) => {
    await dropLeftovers(client);
    await client.query(`create database "${name}"`);
  });
  try {
    await migrate(url.href);
    return await use(url.href);
  } finally {
    await onServer(server, (client) => client.query(`drop database "${name}" with (force)`));
  }
}

async function migrate(url: string): Promise<void> {
  const tsx = join(WORKSPACE_ROOT, 'node_modules/tsx/dist/cli.mjs');
  await runCommand(
    [process.execPath, tsx, '--tsconfig', 'tsconfig.base.json', 'apps/api/src/migrate.ts'],
    { cwd: WORKSPACE_ROOT, env: { DATABASE_URL: url } },
  );
}

/** Databases of runs that were killed: nobody is connected to them, and their process is gone. */
async function dropLeftovers(client: Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `select datname from pg_database d where datname ~ '^${PREFIX}_[0-9]+_[0-9a-f]+$'
      and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
  );
  for (const { datname } of rows) {
    if (!isRunning(Number(datname.split('_')[1]))) await client.query(`drop database "${datname}"`);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function onServer<T>(
  connectionString: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString, application_name: 'bench' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
