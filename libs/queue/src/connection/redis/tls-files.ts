import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { textOf } from '../../text/reason-of';
import { InvalidRedisUrlError } from './invalid-redis-url.error';

/** Paths of files in PEM. The names of the options are those of redis-py and Celery. */
export interface TlsFiles {
  /** The certificate that a server may require of its clients. */
  readonly ssl_certfile?: string;
  /** The key of that certificate, without a passphrase. */
  readonly ssl_keyfile?: string;
  /** The certificates of the authorities to trust, in place of Node's. */
  readonly ssl_ca_certs?: string;
}

/** Options of a URL. */
export const TLS_FILES = ['ssl_ca_certs', 'ssl_certfile', 'ssl_keyfile'] as const;

/** What Node calls them. */
const NODE_OPTIONS = { ssl_certfile: 'cert', ssl_keyfile: 'key', ssl_ca_certs: 'ca' } as const;

/** @throws InvalidRedisUrlError if they make no sense. */
export function tlsFilesOf(tls: boolean, options: ReadonlyMap<string, string>): TlsFiles {
  const given = TLS_FILES.flatMap((name) => {
    const path = options.get(name);
    return path === undefined ? [] : [[name, path] as const];
  });
  const [first] = given;
  if (first !== undefined && !tls) {
    throw new InvalidRedisUrlError(
      `its option "${first[0]}" is for TLS, and it does not begin with rediss://`,
    );
  }
  const files: TlsFiles = Object.fromEntries(given);
  if ((files.ssl_certfile === undefined) !== (files.ssl_keyfile === undefined)) {
    throw new InvalidRedisUrlError('it needs both of its options ssl_certfile and ssl_keyfile');
  }
  return files;
}

/**
 * The TLS of a connection, with the files as they are now; undefined without TLS.
 *
 * @throws InvalidRedisUrlError if one of the files cannot be read.
 */
export function tlsOptions(target: {
  readonly tls: boolean;
  readonly tlsFiles: TlsFiles;
}): ConnectionOptions | undefined {
  if (!target.tls) return undefined;
  const files = Object.entries(target.tlsFiles) as [keyof TlsFiles, string][];
  return Object.fromEntries(files.map(([name, path]) => [NODE_OPTIONS[name], read(name, path)]));
}

function read(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = textOf(error, 'code') ?? String(error);
    throw new InvalidRedisUrlError(
      `its option "${option}" names ${path}, which cannot be read (${code})`,
    );
  }
}
