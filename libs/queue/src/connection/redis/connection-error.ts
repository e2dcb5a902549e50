import { QueueAccessError } from '../queue-access.error';
import { QueueUnreachableError } from '../queue-unreachable.error';
import { textOf } from '../../text/reason-of';

/** What Node says when a connection cannot be made or was lost. */
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

/** Neither ioredis nor Redis has codes for these; they are the beginnings of their sentences. */
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
  // Redis: it starts, or the cluster elects another master
  'LOADING',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'READONLY',
];

/** Redis lets nobody in with these, or has no such database. */
const REFUSED_MESSAGES =
  /^(Ready check failed: )?(NOAUTH|WRONGPASS|NOPERM|ERR DB index is out of range)/;

/** Tells errors of the connection from errors of a command; those are returned as they are. */
export function redisError(error: unknown, location: string): unknown {
  if (isRefused(error)) return new QueueAccessError(location, error);
  return isLost(error) ? new QueueUnreachableError(location, error) : error;
}

export function isRefused(error: unknown): boolean {
  return REFUSED_MESSAGES.test(textOf(error, 'message') ?? '');
}

/** No answer within the time of a command: the connection may be open on this side only. */
export function isTimeout(error: unknown): boolean {
  return textOf(error, 'message') === 'Command timed out';
}

function isLost(error: unknown): boolean {
  if (LOST_CODES.has(textOf(error, 'code') ?? '')) return true;
  const message = textOf(error, 'message') ?? '';
  return LOST_MESSAGES.some((beginning) => message.startsWith(beginning));
}
