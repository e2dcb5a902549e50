import { UnsupportedStoreError } from '../errors/unsupported-store.error';
import { PostgresQueueStore } from './postgres/postgres-queue-store';
import type { QueueStore } from './queue-store';
import type { QueueStoreOptions } from './store-options';

/** The kinds of store, by the scheme of their URL. */
const STORES: Record<string, new (options: QueueStoreOptions) => QueueStore> = {
  'postgres:': PostgresQueueStore,
  'postgresql:': PostgresQueueStore,
};

/**
 * The store that a URL names. Connects when it is first used.
 *
 * @throws UnsupportedStoreError for any other URL.
 */
export function openQueueStore(options: QueueStoreOptions): QueueStore {
  const scheme = URL.canParse(options.url) ? new URL(options.url).protocol : undefined;
  const Store = scheme === undefined ? undefined : STORES[scheme];
  if (Store === undefined) throw new UnsupportedStoreError(scheme, Object.keys(STORES));
  return new Store(options);
}
