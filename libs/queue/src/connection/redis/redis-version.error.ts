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
