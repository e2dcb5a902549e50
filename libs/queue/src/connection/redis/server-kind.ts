import { textOf } from '../../text/reason-of';
import type { Endpoint, RedisTarget } from './redis-target';
import { RedisKindError } from './server-kind.error';
import type { ServerInfo } from './server-info';

/** What a node of a cluster says of keys that are elsewhere, or not together. */
const FROM_CLUSTER = /^(MOVED|ASK|CROSSSLOT) /;

/** What a server that is not part of a cluster says of the commands of one. */
const NOT_A_CLUSTER = /cluster support disabled|^ERR unknown command .?cluster/i;

/**
 * @throws RedisKindError unless the server is of the kind that its URL says, and holds queues.
 * @throws Error in Redis' words if sentinels have named it the master, and it is a replica since.
 */
export function requireUsableKind(info: ServerInfo, target: RedisTarget): void {
  const { location } = target;
  if (info.mode === 'sentinel') {
    throw new RedisKindError(location, 'sentinel', sentinelUrl(target, info.watched));
  }
  if (target.kind === 'cluster') return;
  if (info.mode === 'cluster') {
    throw new RedisKindError(location, 'cluster node', clusterUrl(target));
  }
  if (info.isReplica && target.kind === 'sentinel') {
    throw new Error('READONLY It is a replica since a failover.');
  }
  if (info.isReplica) {
    const url = urlOf(target, info.master || '<host of the master>:6379', `/${target.db}`);
    throw new RedisKindError(location, 'replica', `the URL of its master: ${url}`);
  }
}

/** The error that an answer of the server stands for, if it is one of the wrong kind. */
export function wrongKind(error: unknown, target: RedisTarget): RedisKindError | undefined {
  const { location } = target;
  const isCluster = target.kind === 'cluster';
  if (!isCluster && FROM_CLUSTER.test(textOf(error, 'message') ?? '')) {
    return new RedisKindError(location, 'cluster node', clusterUrl(target), { cause: error });
  }
  // ioredis tries each node, and keeps the last answer.
  if (!isCluster || !NOT_A_CLUSTER.test(textOf(lastAnswer(error), 'message') ?? ''))
    return undefined;
  const [first] = hostsOf(target);
  const url = urlOf(target, first ?? '', '/0');
  const one = target.nodes.length === 1 ? url : `the URL of the one that is the master: ${url}`;
  return new RedisKindError(location, 'no cluster', one, { cause: error });
}

function lastAnswer(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'lastNodeError') : error;
}

function clusterUrl(target: RedisTarget): string {
  const prefix = target.prefix === undefined ? '' : `&prefix=${inBraces(target.prefix)}`;
  const url = urlOf({ ...target, prefix: undefined }, hostsOf(target)[0] ?? '', '');
  return `${url}?cluster=true${prefix}, or a URL with several of its nodes: redis://a:6379,b:6379`;
}

/** As the URL of a cluster requires. */
function inBraces(prefix: string): string {
  return /\{.+\}/.test(prefix) ? prefix : `{${prefix}}`;
}

function sentinelUrl(target: RedisTarget, watched: string): string {
  const scheme = target.tls ? 'rediss' : 'redis';
  const user = credentialsOf(target);
  return `${scheme}+sentinel://${user}${hostsOf(target).join(',')}/${watched || 'mymaster'}`;
}

function urlOf(target: RedisTarget, host: string, path: string): string {
  const query = target.prefix === undefined ? '' : `?prefix=${target.prefix}`;
  return `${target.tls ? 'rediss' : 'redis'}://${credentialsOf(target)}${host}${path}${query}`;
}

/** The message must not show them. */
function credentialsOf({ username, password }: RedisTarget): string {
  if (username === undefined && password === undefined) return '';
  return `${username === undefined ? '' : 'user'}:password@`;
}

function hostsOf(target: RedisTarget): string[] {
  return endpointsOf(target).map(
    ({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`,
  );
}

function endpointsOf(target: RedisTarget): readonly Endpoint[] {
  if (target.kind === 'cluster') return target.nodes;
  if (target.kind === 'sentinel') return target.sentinels;
  // The address of a server that was reached by its socket is known to its operator.
  return 'path' in target.endpoint ? [{ host: '<host>', port: 6_379 }] : [target.endpoint];
}
