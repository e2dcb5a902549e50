import { createRedisBackend, setDefaultBackendFactory } from 'bullmq';
import type { IQueueBackend, QueueBaseOptions } from 'bullmq';
import { QueueStore, type BackendRequest } from './queue-store';

/**
 * Lets BullMQ, and so @nestjs/bullmq, take a {@link QueueStore} as its `connection`.
 *
 * BullMQ has one factory a process, so this one holds nothing: it looks at the connection that each
 * queue was given. Several applications in one process stay apart, and a queue with a connection of
 * BullMQ's own kind works as it would without this library.
 */
export function acceptQueueStores(): void {
  setDefaultBackendFactory<IQueueBackend, unknown>(dispatch);
}

function dispatch(...[name, options, role]: BackendRequest): IQueueBackend {
  if (options.connection instanceof QueueStore) {
    return options.connection.backend(name, options, role);
  }
  return createRedisBackend(name, options as QueueBaseOptions, role);
}
