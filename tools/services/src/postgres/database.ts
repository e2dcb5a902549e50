import { Client } from 'pg';
import { SUPERUSER, readPassword } from './data-folder';

/** The database that the applications use in development. */
export const DATABASE = 'app';

export function databaseUrl(data: string, port: number, database = DATABASE): string {
  return `postgres://${SUPERUSER}:${readPassword(data)}@127.0.0.1:${port}/${database}`;
}

/** Runs `work` on a new connection, which is closed afterwards. */
export async function withClient<T>(
  connectionString: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    connectionString,
    application_name: 'services',
    connectionTimeoutMillis: 5_000,
  });
  // A server that stops rejects the query; without a listener it would also end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function ensureDatabase(client: Client, name = DATABASE): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
}
