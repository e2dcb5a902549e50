import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { textOf } from '../../text/reason-of';
import type { PasswordSource } from '../../options/password-source';
import { ConnectionProblem } from '../connection-problem';
import { usePassword } from './client-password';
import { Sockets } from './sockets';

interface Session {
  /** The process of the server that has answered. */
  readonly pid: number;
  readonly mark: string | null;
}

export type SessionConfig = pg.ClientConfig & { passwordSource?: PasswordSource | undefined };

/** How often both connections are compared: a pooler may happen to give one the same session twice. */
const ROUNDS = 3;

/** The code of Postgres with which PgBouncer refuses a transaction, if it gives each statement another session. */
const PROTOCOL_VIOLATION = '08P01';

const STATE = "SELECT pg_backend_pid() AS pid, current_setting('queue.session', true) AS mark";

/**
 * Requires that a connection keeps its session. A pooler in transaction mode gives each transaction whichever session is
 * free: a notification reaches no listener, and a setting reaches others.
 *
 * One connection marks its session, and the other holds one in a transaction meanwhile. The first must find its own
 * again, and the second must not find that of the first.
 *
 * @throws ConnectionProblem if there is such a pooler; the errors of a connection
 */
export async function requireSession(config: SessionConfig): Promise<void> {
  const sockets = new Sockets();
  const open = (): pg.Client => {
    const client = new pg.Client({ ...config, stream: sockets.open });
    usePassword(client, config.passwordSource);
    // The failing query reports it.
    client.on('error', () => undefined);
    return client;
  };
  const [one, two] = [open(), open()];
  try {
    await one.connect();
    await two.connect();
    await compare(one, two);
  } finally {
    await sockets.end(Promise.all([one.end(), two.end()]));
  }
}

async function compare(one: pg.Client, two: pg.Client): Promise<void> {
  const mark = randomUUID();
  for (let round = 0; round < ROUNDS; round += 1) {
    await one.query("SELECT set_config('queue.session', $1, false)", [mark]);
    const marked = await stateOf(one);
    if (marked.mark !== mark) throw sharedSessions();
    await begin(two);
    const held = await stateOf(two);
    // Before the first is asked: the pooler may have no other session for it.
    if (held.pid === marked.pid || held.mark === mark) throw sharedSessions();
    const found = await stateOf(one);
    await two.query('ROLLBACK');
    if (found.pid !== marked.pid || found.mark !== mark) throw sharedSessions();
  }
}

async function begin(client: pg.Client): Promise<void> {
  try {
    await client.query('BEGIN');
  } catch (error) {
    throw textOf(error, 'code') === PROTOCOL_VIOLATION ? sharedSessions() : error;
  }
}

async function stateOf(client: pg.Client): Promise<Session> {
  const { rows } = await client.query<Session>(STATE);
  return rows[0] ?? { pid: 0, mark: null };
}

function sharedSessions(): ConnectionProblem {
  return new ConnectionProblem(
    'a pooler in transaction mode is in front of it, so notifications (LISTEN) do not arrive and settings of a session are lost',
    'Use a URL that leads to the server itself, or to a pooler in session mode. The tables of the application may stay behind ' +
      'the pooler: only the URL of the queues has to change (QUEUE_URL in the applications of this workspace).',
  );
}
