import { QueueError } from '../../errors/queue.error';

/** What a server is that cannot hold queues under the URL in use. */
export type UnusableKind = 'cluster node' | 'no cluster' | 'replica' | 'sentinel';

const MEANING: Record<UnusableKind, string> = {
  'cluster node': 'is a node of a cluster, and its URL is that of a single server',
  'no cluster': 'is not a cluster, and its URL is that of one',
  replica: 'is a read replica, which takes no jobs: its master holds the queues',
  sentinel: 'is a Sentinel, which watches other servers and holds no queues itself',
};

/**
 * The Redis is of another kind than its URL says, or of a kind that holds no queues: a node of a cluster, a server
 * that is not part of one, a read replica, or a Sentinel.
 *
 * A cluster is not used unless its URL says that it is one: its keys have other names, and everything that reads
 * the queues has to use the same ones.
 *
 * To do: use the URL in the message, with the user and the password of the present one. After a failover, use the
 * master, or a URL that always leads to it.
 *
 * @group Starting a process
 */
export class RedisKindError extends QueueError {
  readonly code = 'REDIS_KIND';
  override readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    readonly kind: UnusableKind,
    /** What to use instead, such as `redis://host:6379?cluster=true`. */
    readonly instead: string,
    options?: ErrorOptions,
  ) {
    super(`The Redis ${store} ${MEANING[kind]}. Use ${instead}`, options);
  }
}
