import { hostname } from 'node:os';
import { processStart } from './process-identity';
import { withClient } from './postgres/database';

/**
 * Deletes the test databases left behind by killed test runs. createTestDatabase() of `@libs/testing` names
 * them `test_<host>_<pid>_…`: a database is left behind if it has no connections and its process, on this
 * machine, has ended.
 *
 * @param host the tag of the machine in their names
 * @returns the names of those that were left behind
 */
export async function sweepTestDatabases(serverUrl: string, host = hostTag()): Promise<string[]> {
  return withClient(serverUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(`
      select datname as name from pg_database d
      where datname like 'test\\_%'
        and not exists (select from pg_stat_activity a where a.datname = d.datname)`);
    const left = rows.map(({ name }) => name).filter((name) => isLeftBehind(name, host));
    for (const name of left) {
      // Another test run may be sweeping too, so it may already be deleted.
      await client.query(`drop database if exists ${client.escapeIdentifier(name)}`);
    }
    return left;
  });
}

function isLeftBehind(name: string, of: string): boolean {
  const [, host, pid] = /^test_([a-z0-9]+)_(\d+)_/.exec(name) ?? [];
  return host === of && pid !== undefined && processStart(Number(pid)) === undefined;
}

/** The prefix of this machine's test databases. */
export function testDatabasePrefix(): string {
  return `test_${hostTag()}`;
}

/** The machine's name in a form that fits a database name. */
function hostTag(): string {
  return (
    hostname()
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .slice(0, 20) || 'localhost'
  );
}
