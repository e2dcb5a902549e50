import { QueueError } from '../../errors/queue.error';

/**
 * The Redis is too old to hold queues.
 *
 * To do: upgrade it to the version in the message, or use the URL of another.
 *
 * @group Starting a process
 */
export class RedisVersionError extends QueueError {
  readonly code = 'REDIS_VERSION';
  override readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    readonly version: string,
    readonly required: string,
  ) {
    super(
      `The Redis ${store} has version ${version}, and queues require ${required} or newer. ` +
        'Upgrade it, or use the URL of another.',
    );
  }
}

/**
 * The Redis evicts keys when its memory is full, and would lose jobs.
 *
 * To do: set `maxmemory-policy` to `noeviction`, with `redis-cli CONFIG SET` and in its configuration.
 *
 * @group Starting a process
 */
export class EvictionPolicyError extends QueueError {
  readonly code = 'EVICTION_POLICY';
  override readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    readonly policy: string,
  ) {
    super(
      `The Redis ${store} has maxmemory-policy ${policy}, and would evict jobs when its memory is full. ` +
        'Set it to noeviction: `redis-cli CONFIG SET maxmemory-policy noeviction`, and ' +
        '`maxmemory-policy noeviction` in its redis.conf (or in the parameters of a managed Redis).',
    );
  }
}
