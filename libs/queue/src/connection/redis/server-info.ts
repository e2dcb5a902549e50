import type { RedisClient } from './redis-client';
import { EvictionPolicyError, RedisVersionError } from './redis-server.errors';

/** The oldest version that BullMQ recommends; Valkey reports 7.2 or newer. */
const MINIMUM = [6, 2] as const;

/** What a server says about itself; empty strings for what it does not say. */
export interface ServerInfo {
  readonly version: string;
  /** `standalone`, `cluster` or `sentinel`. */
  readonly mode: string;
  readonly isReplica: boolean;
  /** `host:port` of the master of a replica. */
  readonly master: string;
  /** The name of the first set of servers that a Sentinel watches. */
  readonly watched: string;
  readonly evictionPolicy: string;
  readonly writesLog: boolean;
  /** Whether it has as many connections as it may have. */
  readonly isFull: boolean;
  /** Whether it answered INFO; otherwise only version, mode and role are known. */
  readonly isComplete: boolean;
}

/**
 * Asks a server what it is: by INFO, or by HELLO where INFO is refused. Every account may run HELLO.
 *
 * The client must answer a refused INFO with an empty string ({@link tolerateRefusedInfo}).
 */
export async function askServerInfo(client: RedisClient): Promise<ServerInfo> {
  const info = await client.info();
  return info === '' ? fromHello(await client.call('HELLO').catch(() => [])) : fromInfo(info);
}

function fromInfo(info: string): ServerInfo {
  const values = new Map(
    info.split(/\r?\n/).map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
  const of = (name: string): string => values.get(name) ?? '';
  return {
    version: of('redis_version'),
    mode: of('redis_mode'),
    isReplica: of('role') === 'slave' || of('role') === 'replica',
    master: values.has('master_host') ? `${of('master_host')}:${of('master_port')}` : '',
    watched: /^name=([^,]+)/.exec(of('master0'))?.[1] ?? '',
    evictionPolicy: of('maxmemory_policy'),
    writesLog: of('aof_enabled') !== '0',
    isFull: Number(of('connected_clients')) >= Number(values.get('maxclients') ?? Infinity),
    isComplete: true,
  };
}

/** The answer is a list of names, each followed by its value. */
function fromHello(answer: unknown): ServerInfo {
  const list: unknown[] = Array.isArray(answer) ? answer : [];
  const of = (name: string): string => {
    const value = list.includes(name) ? list[list.indexOf(name) + 1] : undefined;
    return typeof value === 'string' ? value : '';
  };
  return {
    version: of('version'),
    mode: of('mode'),
    isReplica: of('role') === 'replica' || of('role') === 'slave',
    master: '',
    watched: '',
    evictionPolicy: '',
    writesLog: true,
    isFull: false,
    isComplete: false,
  };
}

/**
 * Refuses a server that would lose jobs.
 *
 * @throws EvictionPolicyError if it evicts keys when its memory is full.
 * @throws RedisVersionError if it is too old.
 */
export function requireSafeServer({ version, evictionPolicy }: ServerInfo, location: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const old = major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1]);
  if (version !== '' && old) throw new RedisVersionError(location, version, MINIMUM.join('.'));
  if (evictionPolicy !== '' && evictionPolicy !== 'noeviction') {
    throw new EvictionPolicyError(location, evictionPolicy);
  }
}
