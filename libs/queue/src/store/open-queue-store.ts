import { UnsupportedStoreError } from './unsupported-store.error';
import { PostgresQueueStore } from './postgres-queue-store';
import type { QueueStore } from './queue-store';
import { RedisQueueStore } from './redis-queue-store';
import { isRedisUrl } from '../connection/redis/redis-url';
import type { QueueStoreOptions } from '../options/store-options';

/** The kinds of store, by the scheme of their URL. */
const STORES: Record<string, new (options: QueueStoreOptions) => QueueStore> = {
  'postgres:': PostgresQueueStore,
  'postgresql:': PostgresQueueStore,
  'redis:': RedisQueueStore,
  'rediss:': RedisQueueStore,
};

/**
 * The store that a URL names. Connects when it is first used.
 *
 * @throws UnsupportedStoreError for any other URL.
 * @throws InvalidRedisUrlError for a URL of a Redis that cannot be read.
 */
export function openQueueStore(options: QueueStoreOptions): QueueStore {
  const scheme = schemeOf(options.url);
  const Store = scheme === undefined ? undefined : STORES[scheme];
  if (Store === undefined) throw new UnsupportedStoreError(scheme, Object.keys(STORES));
  return new Store(options);
}

/** That of a cluster names several hosts, and `URL` reads none like it. */
function schemeOf(url: string): string | undefined {
  if (isRedisUrl(url)) return url.slice(0, url.indexOf(':') + 1);
  return URL.canParse(url) ? new URL(url).protocol : undefined;
}
