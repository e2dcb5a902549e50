import { TwoPasswordsError } from '../connection/two-passwords.error';
import type { RedisTarget } from '../connection/redis/redis-target';
import type { QueueStoreOptions } from '../options/store-options';

/** @throws TwoPasswordsError if there is a password in the URL and another one in the options. */
export function requireOnePassword(
  target: RedisTarget,
  { password, sentinelPassword }: QueueStoreOptions,
): void {
  if (password !== undefined && target.password !== undefined) {
    throw new TwoPasswordsError(target.location, 'password');
  }
  if (sentinelPassword === undefined) return;
  if (target.kind === 'sentinel' && target.sentinelPassword !== undefined) {
    throw new TwoPasswordsError(target.location, 'sentinelPassword');
  }
}
