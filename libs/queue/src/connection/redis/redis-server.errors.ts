/** A Redis that is too old to hold queues. */
export class RedisVersionError extends Error {
  readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    readonly version: string,
    readonly required: string,
  ) {
    super(
      `The Redis ${store} has version ${version}, and queues need ${required} or newer. ` +
        'Upgrade it, or give the URL of another.',
    );
    this.name = new.target.name;
  }
}

/** A Redis that holds queues must not throw keys away when its memory is full. */
export class EvictionPolicyError extends Error {
  readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    readonly policy: string,
  ) {
    super(
      `The Redis ${store} has maxmemory-policy ${policy}, and would throw jobs away when its memory is ` +
        'full. Set it to noeviction: `redis-cli CONFIG SET maxmemory-policy noeviction`, and ' +
        '`maxmemory-policy noeviction` in its redis.conf (or in the parameters of a managed Redis).',
    );
    this.name = new.target.name;
  }
}
