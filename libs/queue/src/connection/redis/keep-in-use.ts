import type { Cluster, Redis } from 'ioredis';
import { isTimeout } from './connection-error';

/** In milliseconds. Common limits of load balancers are 30 s and more. */
const INTERVAL = 10_000;

/**
 * Sends a PING at an interval, so that no connection is cut because it is idle, and one that was lost in silence
 * is found before someone needs it. Those that wait for jobs ask anew every few seconds and need none.
 */
export function keepInUse(client: Redis | Cluster): void {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
  };
  client.on('ready', () => {
    stop();
    timer = setInterval(() => {
      for (const each of connectionsOf(client)) ping(each);
    }, INTERVAL).unref();
  });
  client.on('close', stop);
  client.on('end', stop);
}

function connectionsOf(client: Redis | Cluster): readonly Redis[] {
  return client.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
}

function ping(connection: Redis): void {
  if (connection.status !== 'ready') return;
  connection.ping().catch((error: unknown) => {
    if (isTimeout(error) && connection.status === 'ready') connection.disconnect(true);
  });
}
