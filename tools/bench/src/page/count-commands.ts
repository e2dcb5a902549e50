import { Redis } from 'ioredis';
import { Client } from 'pg';

/** How many transactions Postgres has committed, or commands Redis has executed, for a store so far. */
export async function countCommands(url: string): Promise<number> {
  return url.startsWith('postgres') ? transactionsOf(url) : commandsOf(url);
}

/** Asked from another database, so that the question does not count. What the last second had is not in it yet. */
async function transactionsOf(databaseUrl: string): Promise<number> {
  const url = new URL(databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/template1';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(
      'SELECT xact_commit + xact_rollback AS count FROM pg_stat_database WHERE datname = $1',
      [name],
    );
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}

async function commandsOf(url: string): Promise<number> {
  const client = new Redis(url);
  try {
    return Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
  } finally {
    client.disconnect();
  }
}
