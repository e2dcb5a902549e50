import { InvalidRedisUrlError } from './invalid-redis-url.error';
import { isRedisUrl } from './redis-schemes';
import type { RedisTarget } from './redis-target';
import { TLS_FILES, tlsFilesOf } from './tls-files';
import { decode, endpointsOf, splitUrl, type UrlParts } from './url-parts';

const DEFAULT_PORT = 6_379;
const DEFAULT_SENTINEL_PORT = 26_379;

const SENTINEL_FORM = 'redis+sentinel://host:26379/mymaster';

/**
 * Parses the URL of a Redis or Valkey:
 *
 * - `redis://user:password@host:6379/0`, and `rediss://…` for TLS
 *   With `?ssl_certfile=…&ssl_keyfile=…` for a server that requires a certificate of its clients, and
 *   `?ssl_ca_certs=…` for authorities to trust in place of Node's: paths of PEM files, for each kind below, too.
 * - a cluster: `redis://a:6379,b:6379`, or `redis://a:6379?cluster=true`
 * - a master that sentinels watch: `redis+sentinel://a:26379,b:26379/mymaster/0`, `rediss+sentinel://…` for
 *   TLS to the sentinels and the servers. User and password are those of the servers; the sentinels have
 *   `?sentinel_username=…&sentinel_password=…`.
 * - a Unix socket: `unix:///run/redis.sock?db=0`
 *
 * `?prefix=…` sets the prefix of the keys. `valkey` may stand for `redis` everywhere.
 *
 * Takes a string, because a `URL` cannot hold several hosts.
 *
 * @throws InvalidRedisUrlError for any other string; the message omits it, because it may hold a password.
 */
export function parseRedisUrl(url: string): RedisTarget {
  if (!isRedisUrl(url)) throw new InvalidRedisUrlError('it cannot be parsed');
  const parts = splitUrl(url);
  if (parts.scheme.endsWith('unix')) return socketTarget(parts);
  if (parts.hosts === '') {
    const socket = parts.path === '' ? '' : '; the socket at a path is unix:///run/redis.sock';
    throw new InvalidRedisUrlError(`it has no host${socket}`);
  }
  return parts.scheme.endsWith('+sentinel') ? sentinelTarget(parts) : serverTarget(parts);
}

function serverTarget(parts: UrlParts): RedisTarget {
  const { hosts, path, options } = parts;
  requireKnown(options, ['cluster', 'db', 'prefix', ...TLS_FILES]);
  const nodes = endpointsOf(hosts, DEFAULT_PORT);
  const [endpoint] = nodes;
  const db = databaseOf(path, options);
  const common = commonOf(parts);
  const { prefix } = common;
  if (endpoint !== undefined && nodes.length === 1 && !isSet(options, 'cluster')) {
    return { kind: 'single', endpoint, db, ...common, location: `${hosts}/${db}` };
  }
  if (options.get('cluster') === 'false') {
    throw new InvalidRedisUrlError(
      `several hosts are a cluster; those of Sentinel are ${SENTINEL_FORM}`,
    );
  }
  if (db > 0) throw new InvalidRedisUrlError('a cluster has database 0 only');
  if (prefix !== undefined && !/\{.+\}/.test(prefix)) {
    throw new InvalidRedisUrlError(
      'on a cluster a prefix needs braces, as in ?prefix={jobs}, which keep the keys of a queue together',
    );
  }
  return { kind: 'cluster', nodes, ...common, location: hosts };
}

function sentinelTarget(parts: UrlParts): RedisTarget {
  const { hosts, path, options } = parts;
  requireKnown(options, ['db', 'prefix', 'sentinel_password', 'sentinel_username', ...TLS_FILES]);
  const sentinels = endpointsOf(hosts, DEFAULT_SENTINEL_PORT);
  const [name = '', database = '', ...rest] = path.split('/');
  // A lone number is a database, as in all other URLs.
  if (name === '' || (/^\d+$/.test(name) && database === '')) {
    throw new InvalidRedisUrlError(
      `it lacks the name by which the sentinels know the master, as in ${SENTINEL_FORM}`,
    );
  }
  if (rest.some((part) => part !== '')) {
    throw new InvalidRedisUrlError(
      'after the name of the master it may have a database only, as in /mymaster/0',
    );
  }
  const master = decode(name, "master's name");
  const db = databaseOf(database, options);
  return {
    kind: 'sentinel',
    sentinels,
    master,
    db,
    sentinelUsername: options.get('sentinel_username') || undefined,
    sentinelPassword: options.get('sentinel_password') || undefined,
    ...commonOf(parts),
    location: `${hosts}/${master}/${db}`,
  };
}

/** User and password may be options too, as in Python's clients. */
function socketTarget(parts: UrlParts): RedisTarget {
  const { hosts, options } = parts;
  requireKnown(options, ['db', 'password', 'prefix', 'username']);
  const path = decode(parts.path, 'path').replace(/\/$/, '');
  if (hosts !== '' || path === '') {
    throw new InvalidRedisUrlError(
      "a socket's path is absolute, so three slashes precede it: unix:///run/redis.sock",
    );
  }
  const db = databaseOf('', options);
  const common = commonOf(parts);
  return {
    kind: 'single',
    endpoint: { path },
    db,
    ...common,
    username: common.username ?? options.get('username'),
    password: common.password ?? options.get('password'),
    location: `${path}?db=${db}`,
  };
}

function commonOf({ scheme, username, password, options }: UrlParts) {
  const tls = /^(?:redis|valkey)s\b/.test(scheme);
  const tlsFiles = tlsFilesOf(tls, options);
  return { tls, tlsFiles, username, password, prefix: options.get('prefix') };
}

function databaseOf(path: string, options: ReadonlyMap<string, string>): number {
  const option = options.get('db');
  const text = path.replace(/\/$/, '');
  if (![text, option ?? ''].every((database) => /^\d*$/.test(database))) {
    throw new InvalidRedisUrlError('its database is not a number');
  }
  if (option !== undefined && text !== '' && Number(option) !== Number(text)) {
    throw new InvalidRedisUrlError('it names two databases, in its path and as ?db=');
  }
  return Number(option ?? text);
}

function isSet(options: ReadonlyMap<string, string>, name: string): boolean {
  const value = options.get(name) ?? 'false';
  if (value === 'true' || value === 'false') return value === 'true';
  throw new InvalidRedisUrlError(`its option "${name}" is neither true nor false`);
}

function requireKnown(options: ReadonlyMap<string, string>, known: readonly string[]): void {
  for (const name of options.keys()) {
    if (known.includes(name)) continue;
    throw new InvalidRedisUrlError(`its option "${name}" is unknown, use ${known.join(', ')}`);
  }
}
