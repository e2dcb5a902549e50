import type { RedisClient } from './redis-client';

/** How many connections a client has open: on a cluster one for each node that it has talked to. */
export function openSockets(client: RedisClient): number {
  const clients = 'nodes' in client ? client.nodes() : [client];
  return clients.filter(({ status }) => status === 'ready').length;
}
