import type { TlsFiles } from './tls-files';

/** Where a server listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

interface CommonTarget {
  readonly tls: boolean;
  readonly tlsFiles: TlsFiles;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Prefix of the keys; undefined for the default. */
  readonly prefix: string | undefined;
  /** Hosts and database, without user and password; for messages. */
  readonly location: string;
}

/** One server. */
export interface SingleTarget extends CommonTarget {
  readonly kind: 'single';
  /** Its address, or the path of its Unix socket. */
  readonly endpoint: Endpoint | { readonly path: string };
  /** The database number. */
  readonly db: number;
}

/** A cluster, known by some of its nodes. It has database 0 only. */
export interface ClusterTarget extends CommonTarget {
  readonly kind: 'cluster';
  readonly nodes: readonly Endpoint[];
}

/** A master and its replicas, known by some of the sentinels that watch them. */
export interface SentinelTarget extends CommonTarget {
  readonly kind: 'sentinel';
  readonly sentinels: readonly Endpoint[];
  /** The name by which the sentinels know the master. */
  readonly master: string;
  /** The database number. */
  readonly db: number;
  /** Those of the sentinels themselves; the others are of the servers. */
  readonly sentinelUsername: string | undefined;
  readonly sentinelPassword: string | undefined;
}

/** The address of a Redis, parsed from its URL. */
export type RedisTarget = SingleTarget | ClusterTarget | SentinelTarget;
