import { UnsupportedStoreError } from './unsupported-store.error';
import type { QueueStore } from './queue-store';
import { isRedisUrl, REDIS_SCHEMES } from '../connection/redis/redis-schemes';
import { defaultObserver } from '../observe/observers';
import type { AnyObserver } from '../observe/queue-observer';
import type { QueueStoreOptions } from '../options/store-options';

const POSTGRES_SCHEMES = ['postgres:', 'postgresql:'];

/**
 * Opens the store of a URL. Connects on first use.
 *
 * A process has queues in one of the two, and loads the code of that one only.
 *
 * @param observer notified when the store is lost and when it is back; by default both are logged
 * @throws UnsupportedStoreError for any other URL.
 * @throws ReplicasUnsupportedError for `replicas` with a Postgres.
 * @throws InvalidRedisUrlError for a Redis URL that cannot be parsed.
 */
export async function openQueueStore(
  options: QueueStoreOptions,
  observer: AnyObserver = defaultObserver(),
): Promise<QueueStore> {
  if (isRedisUrl(options.url)) {
    const { RedisQueueStore } = await import('./redis-queue-store');
    return new RedisQueueStore(options, observer);
  }
  const scheme = schemeOf(options.url);
  if (scheme === undefined || !POSTGRES_SCHEMES.includes(scheme)) {
    throw new UnsupportedStoreError(scheme, [...POSTGRES_SCHEMES, ...REDIS_SCHEMES]);
  }
  const { PostgresQueueStore } = await import('./postgres-queue-store');
  return new PostgresQueueStore(options, observer);
}

/** Of a URL with several hosts too, which `URL` cannot parse. */
function schemeOf(url: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*:)\/\//i.exec(url)?.[1]?.toLowerCase();
}
