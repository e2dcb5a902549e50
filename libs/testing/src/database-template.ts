import { createHash, randomBytes } from 'node:crypto';
import { type Client, DatabaseError } from 'pg';
import { until } from './until';

/** How a test database gets its tables: they are created once, then copied for each test. */
export interface DatabaseTemplate {
  /** Lower case letters and `_`. */
  readonly name: string;
  /**
   * Covers everything that determines the result of {@link migrate}. Each version has its own template, so
   * none goes stale.
   */
  readonly version: string;
  /** Creates the tables in an empty database, and closes its connections. */
  readonly migrate: (url: string) => Promise<unknown>;
}

/** An arbitrary number that nothing else locks, so that of several test files one creates the template. */
const LOCK = 7_310_552_846;

const NO_SUCH_DATABASE = '3D000';
const IN_USE = '55006';

/**
 * Creates the database `name` as a copy of the template, and the template first if it is missing.
 *
 * @param client a connection to another database of the server
 * @param urlOf the URL of a database of the server
 */
export async function cloneTemplate(
  client: Client,
  template: DatabaseTemplate,
  name: string,
  urlOf: (database: string) => string,
): Promise<void> {
  const source = templateName(template);
  for (;;) {
    try {
      await client.query(
        `create database "${name}" template "${source}" ${await copyStrategy(client)}`,
      );
      return;
    } catch (error) {
      // Not created yet, or just deleted by a run with other migrations.
      if (codeOf(error) !== NO_SUCH_DATABASE) throw error;
    }
    await makeTemplate(client, template, source, urlOf);
  }
}

/**
 * A copy of files takes less than half the processor time of a copy through the log of changes. It waits for
 * a checkpoint, which is cheap only on a server that waits for no disk, as that for tests.
 */
export async function copyStrategy(client: Client): Promise<string> {
  const { rows } = await client.query<{ fsync: string; version: number }>(
    "select current_setting('fsync') as fsync, current_setting('server_version_num')::int as version",
  );
  const { fsync, version = 0 } = rows[0] ?? {};
  // Older servers copy files, and know no other way.
  return fsync === 'off' && version >= 150_000 ? 'strategy file_copy' : '';
}

async function makeTemplate(
  client: Client,
  template: DatabaseTemplate,
  name: string,
  urlOf: (database: string) => string,
): Promise<void> {
  await client.query(`select pg_advisory_lock(${LOCK})`);
  try {
    const made = await client.query('select from pg_database where datname = $1', [name]);
    if (made.rowCount !== 0) return;
    // Named like a test database, so that a half-made one of a killed run is swept too.
    const draft = testDatabaseName();
    await client.query(`create database "${draft}"`);
    await template.migrate(urlOf(draft));
    // The server drops a closed connection a moment later.
    await until(() => rename(client, draft, name), { what: 'the migrations to close' });
    await deleteOlder(client, template, name);
  } finally {
    await client.query(`select pg_advisory_unlock(${LOCK})`);
  }
}

async function rename(client: Client, from: string, to: string): Promise<true> {
  await client.query(`alter database "${from}" rename to "${to}"`);
  return true;
}

/** Deletes earlier versions of the template. */
async function deleteOlder(
  client: Client,
  template: DatabaseTemplate,
  current: string,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select datname as name from pg_database where datname ~ $1 and datname <> $2',
    [`^test_template_${template.name}_[0-9a-f]+$`, current],
  );
  for (const { name } of rows) {
    try {
      await client.query(`drop database if exists "${name}"`);
    } catch (error) {
      // Another run is copying it.
      if (codeOf(error) !== IN_USE) throw error;
    }
  }
}

function templateName({ name, version }: DatabaseTemplate): string {
  const hash = createHash('sha256').update(version).digest('hex').slice(0, 12);
  return `test_template_${name}_${hash}`;
}

/** The pid identifies the owner: see sweepTestDatabases() in tools/services. */
export function testDatabaseName(): string {
  const prefix = process.env['TEST_DATABASE_PREFIX'] ?? 'test_unknown';
  return `${prefix}_${process.pid}_${randomBytes(5).toString('hex')}`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}
