import { QueueError } from '../../errors/queue.error';

/**
 * The URL of a Redis cannot be used. Its text is not shown: it may hold a password.
 *
 * To do: correct the URL of the queue store as the message says.
 *
 * @group Starting a process
 */
export class InvalidRedisUrlError extends QueueError {
  readonly code = 'INVALID_REDIS_URL';
  override readonly userFacing = true;

  constructor(problem: string) {
    super(
      `The queue store URL is not a valid Redis URL: ${problem}. Use ` +
        'redis://user:password@host:6379/0, rediss://… for TLS, redis://a:6379,b:6379 for a cluster, ' +
        'redis+sentinel://a:26379,b:26379/mymaster for Sentinel, or unix:///run/redis.sock for a socket.',
    );
  }
}
