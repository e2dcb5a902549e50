import { InvalidRedisUrlError } from './invalid-redis-url.error';
import type { Endpoint } from './redis-target';

/** A URL as it is written, before anyone asks what kind of Redis it names. */
export interface UrlParts {
  readonly scheme: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Empty for a socket. */
  readonly hosts: string;
  /** Without the first slash, except for a socket. */
  readonly path: string;
  readonly options: ReadonlyMap<string, string>;
}

const PARTS = /^([a-z+]+):\/\/(?:(.*)@)?([^@/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/i;
const HOST = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/;
const LAST_PORT = 65_535;

/** @throws InvalidRedisUrlError */
export function splitUrl(url: string): UrlParts {
  const [, scheme, credentials, hosts = '', path = '', query] = PARTS.exec(url) ?? [];
  if (scheme === undefined) throw new InvalidRedisUrlError('it cannot be parsed');
  return {
    scheme: scheme.toLowerCase(),
    ...credentialsOf(credentials),
    hosts,
    path: hosts === '' ? path : path.slice(1),
    options: optionsOf(query),
  };
}

/** @throws InvalidRedisUrlError */
export function endpointsOf(hosts: string, defaultPort: number): Endpoint[] {
  return hosts.split(',').map((text) => {
    const [, host, port = defaultPort] = HOST.exec(text) ?? [];
    if (host === undefined || Number(port) > LAST_PORT) {
      throw new InvalidRedisUrlError(`"${text}" is not a host with a port`);
    }
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  });
}

/** @throws InvalidRedisUrlError */
export function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidRedisUrlError(`a % in its ${what} must be written %25`);
  }
}

function credentialsOf(text = ''): Pick<UrlParts, 'username' | 'password'> {
  const colon = text.indexOf(':');
  const [username, password] =
    colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  const part = (given: string) => decode(given, 'user or password') || undefined;
  return { username: part(username), password: part(password) };
}

/** A plus stays a plus: it is common in passwords, and a space is not. */
function optionsOf(query = ''): Map<string, string> {
  const options = new Map<string, string>();
  for (const pair of query.split('&').filter((text) => text !== '')) {
    const [name = '', ...value] = pair.split('=');
    if (options.has(name)) throw new InvalidRedisUrlError(`its option "${name}" is given twice`);
    options.set(name, decode(value.join('='), 'options'));
  }
  return options;
}
