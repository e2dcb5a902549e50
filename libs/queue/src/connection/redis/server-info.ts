import { EvictionPolicyError, RedisVersionError } from './redis-server.errors';

/** The oldest version that BullMQ recommends; Valkey reports 7.2 or newer. */
const MINIMUM = [6, 2] as const;

/**
 * Checks the reply to INFO, and refuses a server that would lose jobs.
 *
 * @returns the Redis version that the server reports
 * @throws EvictionPolicyError if it evicts keys when its memory is full.
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
