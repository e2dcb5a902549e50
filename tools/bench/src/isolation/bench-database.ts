import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateDatabase } from '@libs/data-access';
import { migrateQueueStore } from '@libs/queue';
import { startPrivatePostgres } from '@tools/services';
import { Client } from 'pg';

/** Rows in the table, and how many of them are asked for: enough to be on several pages. */
const ROWS = 1_000;
const ASKED_FOR = 200;

export interface BenchDatabase {
  url: string;
  /** Keys of the rows that can be asked for. */
  ids: readonly string[];
  close(): Promise<void>;
}

/** A Postgres of this run's own, with the tables of the workspace and rows to ask for. */
export async function openBenchDatabase(scratch: string): Promise<BenchDatabase> {
  // A temporary folder is its owner's alone, and Postgres does not run as root.
  if (process.getuid?.() === 0) await chmod(scratch, 0o755);
  const folder = join(scratch, 'server');
  await mkdir(folder);
  const postgres = await startPrivatePostgres(folder);
  try {
    await migrateDatabase(postgres.url);
    await migrateQueueStore(postgres.url);
    return { url: postgres.url, ids: await fill(postgres.url), close: () => postgres.stop() };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function fill(connectionString: string): Promise<string[]> {
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
    return rows.slice(0, ASKED_FOR).map(({ id }) => id);
  } finally {
    await client.end();
  }
}
