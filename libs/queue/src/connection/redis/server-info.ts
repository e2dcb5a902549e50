import { EvictionPolicyError, RedisVersionError } from './redis-server.errors';

/** The oldest that BullMQ recommends; Valkey calls itself 7.2 or newer. */
const MINIMUM = [6, 2] as const;

/**
 * Reads the answer to INFO, and refuses a server that would lose jobs.
 *
 * @returns the server's version, as it tells it to clients of Redis
 * @throws EvictionPolicyError if it throws keys away when its memory is full.
 * @throws RedisVersionError if it is too old.
 */
export function requireUsableServer(info: string, location: string): string {
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const old = major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1]);
  if (version !== '' && old) throw new RedisVersionError(location, version, MINIMUM.join('.'));
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    throw new EvictionPolicyError(location, policy);
  }
  return version;
}
