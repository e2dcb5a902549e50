import { QueueAccessError } from '../queue-access.error';
import { QueueFullError, QueueRefusingError } from '../queue-refusing.errors';
import { QueueUnreachableError } from '../queue-unreachable.error';
import { textOf } from '../../text/reason-of';
import { ruleOf } from './reply-errors';

/** Translates errors of the connection and refusals of the server; returns errors of a command unchanged. */
export function redisError(error: unknown, location: string): unknown {
  const { trouble, advice } = ruleOf(error) ?? {};
  switch (trouble) {
    case 'away':
      return new QueueUnreachableError(location, isUnsent(error) ? unsent(error) : error);
    case 'refusing':
    case 'replica':
      return new QueueRefusingError(location, error, advice);
    case 'full':
      return new QueueFullError(location, error);
    case 'access':
      return new QueueAccessError(location, error);
    case 'command':
    case undefined:
      return error;
  }
}

/** Whether the server refuses this user, or has no such database. */
export function isRefused(error: unknown): boolean {
  return ruleOf(error)?.trouble === 'access';
}

/** Whether this connection leads to a replica. A new one may lead to the master. */
export function isReplica(error: unknown): boolean {
  return ruleOf(error)?.trouble === 'replica';
}

/** Whether the server refuses what needs more memory. */
export function isFullMemory(error: unknown): boolean {
  return ruleOf(error)?.trouble === 'full';
}

/** A command got no answer in time. Its connection may be half-open. */
export function isTimeout(error: unknown): boolean {
  return textOf(error, 'message') === 'Command timed out';
}

/** ioredis' own words name an option of its. */
function unsent(error: unknown): Error {
  const isCluster = textOf(error, 'message')?.startsWith('Cluster') === true;
  const reason = isCluster
    ? 'none of its nodes answers, or the cluster is not ready (`redis-cli CLUSTER INFO`)'
    : 'there is no connection';
  return new Error(reason, { cause: error });
}

/** A command was not sent, because the connection is not open. */
export function isUnsent(error: unknown): boolean {
  return /^(Stream isn't writeable|Cluster isn't ready)/.test(textOf(error, 'message') ?? '');
}
