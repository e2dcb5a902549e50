import { QueueAccessError } from '../queue-access.error';
import { QueueUnreachableError } from '../queue-unreachable.error';
import { textOf } from '../../text/reason-of';

/** Node's codes for a connection that cannot be opened or was lost. */
const LOST_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Neither ioredis nor Redis has codes for these; matched by the start of the message. */
const LOST_MESSAGES = [
  // ioredis 5.11
  "Stream isn't writeable",
  'Connection is closed',
  'Reached the max retries per request limit',
  'Command timed out',
  'Command aborted due to connection close',
  'connect ETIMEDOUT',
  "Cluster isn't ready",
  'Cluster is ended',
  'None of startup nodes is available',
  'Failed to refresh slots cache',
  // Redis: it is starting, or the cluster is electing another master
  'LOADING',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'READONLY',
];

/** Redis refuses the login, or has no such database. */
const REFUSED_MESSAGES =
  /^(Ready check failed: )?(NOAUTH|WRONGPASS|NOPERM|ERR DB index is out of range)/;

/** Translates errors of the connection; returns errors of a command unchanged. */
export function redisError(error: unknown, location: string): unknown {
  if (isRefused(error)) return new QueueAccessError(location, error);
  return isLost(error) ? new QueueUnreachableError(location, error) : error;
}

export function isRefused(error: unknown): boolean {
  return REFUSED_MESSAGES.test(textOf(error, 'message') ?? '');
}

/** A command got no answer in time. Its connection may be half-open. */
export function isTimeout(error: unknown): boolean {
  return textOf(error, 'message') === 'Command timed out';
}

function isLost(error: unknown): boolean {
  if (LOST_CODES.has(textOf(error, 'code') ?? '')) return true;
  const message = textOf(error, 'message') ?? '';
  return LOST_MESSAGES.some((beginning) => message.startsWith(beginning));
}
