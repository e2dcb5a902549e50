import { ConnectionProblem } from '../connection-problem';
import { UnreadablePassword } from '../password';
import { QueueAccessError } from '../queue-access.error';
import { QueueFullError, QueueRefusingError } from '../queue-refusing.errors';
import { QueueUnreachableError, unreachableMessage } from '../queue-unreachable.error';
import { textOf } from '../../text/reason-of';

/** Codes of Node and Postgres for failures worth a retry. */
const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  '08000', // connection_exception
  '08001', // sqlclient_unable_to_establish_sqlconnection, of a pooler
  '08003', // connection_does_not_exist
  '08006', // connection_failure
  '57P01', // admin_shutdown, also sent by pg_terminate_backend
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: the server is starting or stopping
  '57P05', // idle_session_timeout
]);

/** Codes of Postgres for what ends without a change of the statement, with advice. */
const REFUSING = new Map([
  [
    '25006',
    'It is a replica, or set to read only: use the URL of its primary. After a failover, connections are opened anew until ' +
      'it takes changes.',
  ],
  ['53000', 'It is short of resources.'], // insufficient_resources
  ['53200', 'It is out of memory.'],
  [
    '53300', // too_many_connections: of the server, or of this user or database
    'It accepts no more connections: raise its limit (max_connections, or that of the user or the database), or ' +
      'lower the limits of the pools.',
  ],
  ['53400', 'A limit of its configuration is reached.'], // configuration_limit_exceeded
  ['55P03', 'Somebody holds a lock: see `pg_stat_activity` and `pg_locks`.'], // lock_not_available
  ['57014', 'Its `statement_timeout` is too short, or somebody has cancelled the statement.'],
  ['58000', 'See its log.'], // system_error
  ['58030', 'See its log.'], // io_error
]);

/** No space is left on its disk. */
const DISK_FULL = '53100';

/** The driver has no code for these, only messages. */
const LOST_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
];

/** The driver's message when a statement exceeds its `query_timeout`. */
const UNANSWERED = 'Query read timeout';

/** Postgres refuses the login: invalid_authorization, invalid_password, invalid_catalog_name. */
const REFUSED = new Set(['28000', '28P01', '3D000']);

/**
 * Translates errors of the connection and refusals of the server; returns errors of a query unchanged.
 *
 * @param startHint the command that starts the server
 */
export function connectionError(error: unknown, location: string, startHint?: string): unknown {
  const code = textOf(error, 'code') ?? '';
  if (REFUSED.has(code) || error instanceof ConnectionProblem) {
    return new QueueAccessError(location, error);
  }
  if (code === DISK_FULL) return new QueueFullError(location, error);
  const advice = REFUSING.get(code);
  if (advice !== undefined) return new QueueRefusingError(location, error, advice);
  if (isUnanswered(error)) {
    const reason = 'a statement was not answered in time, so its connection counts as lost';
    return unreachable(new Error(reason, { cause: error }), location, startHint);
  }
  return isLost(error) ? unreachable(error, location, startHint) : error;
}

function unreachable(cause: unknown, location: string, startHint?: string): QueueUnreachableError {
  return new QueueUnreachableError(location, cause, unreachableMessage(location, cause, startHint));
}

/** Whether the server takes no changes: a failover has made it a replica. Other connections may lead to the new one. */
export function isReadOnly(error: unknown): boolean {
  return textOf(error, 'code') === '25006';
}

/** Whether a statement got no answer in time. Its connection may be half-open. */
export function isUnanswered(error: unknown): boolean {
  return textOf(error, 'message') === UNANSWERED;
}

/** Whether Postgres aborted this statement to break a deadlock, or because of a serialization failure. */
export function isDeadlock(error: unknown): boolean {
  return ['40P01', '40001'].includes(textOf(error, 'code') ?? '');
}

function isLost(error: unknown): boolean {
  if (error instanceof UnreadablePassword || isMissingSocket(error)) return true;
  if (LOST.has(textOf(error, 'code') ?? '')) return true;
  const message = textOf(error, 'message') ?? '';
  return LOST_MESSAGES.some((beginning) => message.startsWith(beginning));
}

/** No server has made the socket in `?host=/path/to/sockets` yet. A certificate that is missing has the same code. */
function isMissingSocket(error: unknown): boolean {
  return textOf(error, 'code') === 'ENOENT' && textOf(error, 'syscall') === 'connect';
}
