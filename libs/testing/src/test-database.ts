import { Client } from 'pg';
import {
  cloneTemplate,
  copyStrategy,
  type DatabaseTemplate,
  testDatabaseName,
} from './database-template';
import { ConditionTimeoutError, until } from './until';

export interface TestDatabase {
  url: string;
  name: string;
  /**
   * Deletes the database.
   *
   * @throws OpenConnectionsError if something is still connected to it; the database is deleted anyway
   */
  drop(): Promise<void>;
}

/** The test runs without the global setup that starts Postgres. */
export class TestDatabaseError extends Error {
  constructor() {
    super(
      "TEST_DATABASE_URL is not set, so there is no Postgres for this test. Add to the project's jest.config.cjs: " +
        "globalSetup: '<rootDir>/../../tools/services/src/jest.global-setup.ts'",
    );
    this.name = 'TestDatabaseError';
  }
}

/** A test has left connections open. */
export class OpenConnectionsError extends Error {
  constructor(
    database: string,
    readonly connections: readonly string[],
  ) {
    super(
      `${connections.length} connection(s) to ${database} are still open; close their pool or client before drop():\n` +
        connections.map((connection) => `  ${connection}`).join('\n'),
    );
    this.name = 'OpenConnectionsError';
  }
}

/** How long the server may take to notice that closed pools are gone. */
const CLOSING_MS = 2_000;

/**
 * Creates a database on the test server. Use one per test file, to isolate the files. The next run deletes
 * what a killed run leaves behind.
 *
 * @param template the contents; default: none
 */
export async function createTestDatabase(template?: DatabaseTemplate): Promise<TestDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) throw new TestDatabaseError();
  const name = testDatabaseName();
  const urlOf = (database: string): string => {
    const url = new URL(server);
    url.pathname = `/${database}`;
    return url.href;
  };
  await onServer(server, async (client) => {
    if (template) await cloneTemplate(client, template, name, urlOf);
    else await client.query(`create database "${name}" ${await copyStrategy(client)}`);
  });
  return { url: urlOf(name), name, drop: () => onServer(server, (client) => drop(client, name)) };
}

async function drop(client: Client, name: string): Promise<void> {
  const left = await openConnections(client, name);
  await client.query(`drop database if exists "${name}" with (force)`);
  if (left.length > 0) throw new OpenConnectionsError(name, left);
}

async function openConnections(client: Client, name: string): Promise<string[]> {
  let rows: { line: string }[] = [];
  try {
    await until(
      async () => {
        ({ rows } = await client.query<{ line: string }>(
          `select format('%s: %s, last query: %s', coalesce(nullif(application_name, ''), '(no application_name)'),
              state, left(query, 100)) as line
            from pg_stat_activity where datname = $1 and backend_type = 'client backend' order by 1`,
          [name],
        ));
        return rows.length === 0;
      },
      { timeout: CLOSING_MS },
    );
  } catch (error) {
    if (!(error instanceof ConditionTimeoutError)) throw error;
  }
  return rows.map(({ line }) => line);
}

async function onServer<T>(
  connectionString: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString, application_name: 'test-database' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
