import type { Client } from 'pg';
import { until } from './until';

/**
 * Resolves once one statement of another connection to this database waits for a lock.
 *
 * @param client may be in a transaction, which holds the lock: PostgreSQL shows such a client what it saw first, unless it
 * clears that
 */
export async function untilStatementWaits(client: Client): Promise<void> {
  await until(async () => {
    await client.query('SELECT pg_stat_clear_snapshot()');
    const { rowCount } = await client.query(
      `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    return rowCount === 1;
  });
}
