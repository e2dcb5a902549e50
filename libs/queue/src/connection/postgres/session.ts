import { DEFAULT_SCHEMA } from 'bullmq';

/**
 * What BullMQ's statements rely on: they name no schema, and expect to see what others have committed. Whatever the
 * database or the role sets (`ALTER DATABASE … SET default_transaction_isolation`), it does not reach the queues.
 *
 * Set in the open session: PgBouncer refuses these settings among the parameters of a new one.
 */
export const SESSION_SETTINGS = `SET search_path TO ${DEFAULT_SCHEMA}; SET default_transaction_isolation TO 'read committed'`;

/**
 * The same settings for a session of the server process that has greeted the client, and a row. Where another one answers,
 * a pooler is in between: then nothing is set, and there is no row.
 *
 * @param pid of the process that has greeted
 */
export function settingsOfProcess(pid: number): string {
  const [path, isolation] = [
    setting('search_path', DEFAULT_SCHEMA),
    setting('default_transaction_isolation', 'read committed'),
  ];
  return `SELECT ${path}, ${isolation} WHERE pg_backend_pid() = ${pid}`;
}

function setting(name: string, value: string): string {
  return `set_config('${name}', '${value}', false)`;
}

/** Begins a transaction of several statements, whatever the database or the role sets. */
export const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';
