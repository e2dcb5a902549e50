import { InvalidRedisUrlError } from './invalid-redis-url.error';

/** The address of a Redis, parsed from its URL. */
export interface RedisTarget {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly cluster: boolean;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** The database number; a cluster has only 0. */
  readonly db: number;
  /** Prefix of the keys; undefined for the default. */
  readonly prefix: string | undefined;
  /** Nodes and database, without user and password; for messages. */
  readonly location: string;
}

const DEFAULT_PORT = 6379;
const URL_PARTS = /^(rediss?):\/\/(?:(.*)@)?([^@/?#]+)\/?([^/?#]*)(?:\?([^#]*))?$/;
const NODE = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;

/** Whether a URL has a Redis scheme. */
export function isRedisUrl(url: string): boolean {
  return /^rediss?:\/\//.test(url);
}

/**
 * Parses `redis://user:password@host:6379/0`, `rediss://…` for TLS, and for a cluster
 * `redis://a:6379,b:6379` or `redis://a:6379?cluster=true`; `?prefix=…` sets the prefix of the keys.
 *
 * Takes a string, because a `URL` cannot hold several hosts.
 *
 * @throws InvalidRedisUrlError for any other string; the message omits it, because it may hold a password.
 */
export function parseRedisUrl(url: string): RedisTarget {
  const [, scheme, credentials, hosts = '', database = '', query] = URL_PARTS.exec(url) ?? [];
  if (scheme === undefined) throw new InvalidRedisUrlError('it cannot be parsed');
  const { cluster: clusterOption, prefix } = optionsOf(query);
  const nodes = hosts.split(',').map(parseNode);
  const cluster = nodes.length > 1 || clusterOption;
  if (!/^\d*$/.test(database)) throw new InvalidRedisUrlError('its database is not a number');
  if (cluster && Number(database) > 0) {
    throw new InvalidRedisUrlError('a cluster has database 0 only');
  }
  if (cluster && prefix !== undefined && !/\{.+\}/.test(prefix)) {
    throw new InvalidRedisUrlError(
      'on a cluster a prefix needs braces, as in ?prefix={jobs}, which keep the keys of a queue together',
    );
  }
  const { username, password } = parseCredentials(credentials);
  const db = Number(database);
  const location = `${hosts}${cluster ? '' : `/${db}`}`;
  return { nodes, cluster, tls: scheme === 'rediss', username, password, db, prefix, location };
}

function parseNode(text: string): { host: string; port: number } {
  const [, host, port = DEFAULT_PORT] = NODE.exec(text) ?? [];
  if (host === undefined) throw new InvalidRedisUrlError(`"${text}" is not a host with a port`);
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function parseCredentials(text = ''): Pick<RedisTarget, 'username' | 'password'> {
  const colon = text.indexOf(':');
  const [username, password] =
    colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  return { username: decode(username) || undefined, password: decode(password) || undefined };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidRedisUrlError('a % in its user or password must be written %25');
  }
}

function optionsOf(query = ''): { cluster: boolean; prefix: string | undefined } {
  const options = new URLSearchParams(query);
  for (const name of options.keys()) {
    if (name === 'cluster' || name === 'prefix') continue;
    throw new InvalidRedisUrlError(`its option "${name}" is unknown, use cluster or prefix`);
  }
  return { cluster: options.get('cluster') === 'true', prefix: options.get('prefix') ?? undefined };
}
