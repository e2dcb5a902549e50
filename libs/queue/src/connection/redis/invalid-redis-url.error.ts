/** A `redis://` URL that names no Redis. Its text is not shown: it may hold a password. */
export class InvalidRedisUrlError extends Error {
  readonly userFacing = true;

  constructor(problem: string) {
    super(
      `The queue store's URL is no URL of a Redis: ${problem}. Give one like ` +
        'redis://user:password@host:6379/0, rediss://… for TLS, or redis://a:6379,b:6379 for a cluster.',
    );
    this.name = new.target.name;
  }
}
