import { UnsupportedStoreError } from './unsupported-store.error';
import { PostgresQueueStore } from './postgres-queue-store';
import type { QueueStore } from './queue-store';
import { RedisQueueStore } from './redis-queue-store';
import { isRedisUrl } from '../connection/redis/redis-url';
import { defaultObserver } from '../observe/observers';
import type { AnyObserver } from '../observe/queue-observer';
import type { QueueStoreOptions } from '../options/store-options';

/** Kinds of store by URL scheme. */
const STORES: Record<
  string,
  new (options: QueueStoreOptions, observer: AnyObserver) => QueueStore
> = {
  'postgres:': PostgresQueueStore,
  'postgresql:': PostgresQueueStore,
  'redis:': RedisQueueStore,
  'rediss:': RedisQueueStore,
};

/**
 * Opens the store of a URL. Connects on first use.
 *
 * @param observer notified when the store is lost and when it is back; by default both are logged
 * @throws UnsupportedStoreError for any other URL.
 * @throws ReplicasUnsupportedError for `replicas` with a Postgres.
 * @throws InvalidRedisUrlError for a Redis URL that cannot be parsed.
 */
export function openQueueStore(
  options: QueueStoreOptions,
  observer: AnyObserver = defaultObserver(),
): QueueStore {
  const scheme = schemeOf(options.url);
  const Store = scheme === undefined ? undefined : STORES[scheme];
  if (Store === undefined) throw new UnsupportedStoreError(scheme, Object.keys(STORES));
  return new Store(options, observer);
}

/** A cluster's URL has several hosts, which `URL` cannot parse. */
function schemeOf(url: string): string | undefined {
  if (isRedisUrl(url)) return url.slice(0, url.indexOf(':') + 1);
  return URL.canParse(url) ? new URL(url).protocol : undefined;
}
