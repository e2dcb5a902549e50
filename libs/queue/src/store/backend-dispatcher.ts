import { createRedisBackend, setDefaultBackendFactory } from 'bullmq';
import type { IQueueBackend, QueueBaseOptions } from 'bullmq';
import { QueueStore, type BackendRequest } from './queue-store';

/**
 * Makes BullMQ, and so @nestjs/bullmq, accept a {@link QueueStore} as its `connection`.
 *
 * BullMQ has one factory per process, so this one is stateless: it dispatches by the connection of each
 * queue. Several applications in one process stay separate, and a queue with a regular BullMQ connection
 * works as without this library.
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
