import { hostname } from 'node:os';
import { processStart } from './process-identity';
import { withClient } from './postgres/database';

/**
 * Deletes the test databases that killed test runs left behind. createTestDatabase() of
 * `@libs/testing` names them `test_<host>_<pid>_…`: left behind is one without connections whose
 * process, on this machine, is gone.
 */
export async function sweepTestDatabases(serverUrl: string): Promise<string[]> {
  return withClient(serverUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(`
      select datname as name from pg_database d
      where datname like 'test\\_%'
        and not exists (select from pg_stat_activity a where a.datname = d.datname)`);
    const left = rows.map(({ name }) => name).filter(isLeftBehind);
    for (const name of left) {
      // Another test run may be sweeping too, so it may be gone by now.
      await client.query(`drop database if exists ${client.escapeIdentifier(name)}`);
    }
    return left;
  });
}

function isLeftBehind(name: string): boolean {
  const [, host, pid] = /^test_([a-z0-9]+)_(\d+)_/.exec(name) ?? [];
  return host === hostTag() && pid !== undefined && processStart(Number(pid)) === undefined;
}

/** What the names of this machine's test databases begin with. */
export function testDatabasePrefix(): string {
  return `test_${hostTag()}`;
}

/** The machine's name as a part of a database's name. */
function hostTag(): string {
  return (
    hostname()
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .slice(0, 20) || 'localhost'
  );
}
