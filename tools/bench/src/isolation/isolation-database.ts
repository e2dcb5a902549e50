import { migrateDatabase } from '@libs/data-access';
import { migrateQueueStore } from '@libs/queue';
import { startPrivateServers } from '@tools/experiment';
import { Client } from 'pg';

/** Rows in the table, and how many of them are requested: enough for several pages. */
const ROWS = 1_000;
const REQUESTED = 200;

export interface IsolationDatabase {
  url: string;
  /** Keys of the rows that are requested. */
  ids: readonly string[];
  close(): Promise<void>;
}

/** A private Postgres with the tables of the workspace, and with rows to request. */
export async function openIsolationDatabase(scratch: string): Promise<IsolationDatabase> {
  const servers = await startPrivateServers(scratch);
  const { url } = servers.postgres;
  try {
    await migrateDatabase(url);
    await migrateQueueStore(url);
    return { url, ids: await insertRows(url), close: () => servers.close() };
  } catch (error) {
    await servers.close();
    throw error;
  }
}

async function insertRows(connectionString: string): Promise<string[]> {
  const client = new Client({ connectionString, application_name: 'isolation-bench' });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>(
      `insert into notifications (id, recipient, subject, body)
       select gen_random_uuid(), 'ada@example.org', 'Hello ' || number, repeat('A line of text. ', 10)
       from generate_series(1, $1) as number returning id`,
      [ROWS],
    );
    await client.query('vacuum analyze notifications');
    return rows.slice(0, REQUESTED).map(({ id }) => id);
  } finally {
    await client.end();
  }
}
