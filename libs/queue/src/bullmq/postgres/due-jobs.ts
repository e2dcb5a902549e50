import type { PostgresConnection } from 'bullmq';
import { DUE_JOB_CALLS } from '../internals';
import { overriding } from '../overriding';
import { replacedCall } from '../replaced-call';

/**
 * A connection on which a fetch makes only some of the delayed jobs wait that are due, however many these are.
 *
 * @param isPossible whether the database has the functions
 */
export function dueJobsConnection<Connection extends PostgresConnection>(
  connection: Connection,
  isPossible: () => boolean,
): Connection {
  const { pool } = connection;
  const replaced = new Map<string, string>();
  const query = (text: string, parameters?: readonly unknown[]) => {
    if (!isPossible()) return pool.query(text, parameters);
    const known = replaced.get(text) ?? ownCall(text);
    replaced.set(text, known);
    return pool.query(known, parameters);
  };
  return overriding(connection, { pool: overriding(pool, { query }) });
}

function ownCall(text: string): string {
  for (const [name, becomes] of Object.entries(DUE_JOB_CALLS)) {
    const call = replacedCall(text, name, becomes);
    if (call !== undefined) return call.text;
  }
  return text;
}
