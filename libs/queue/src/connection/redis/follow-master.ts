import type { RedisClient } from './redis-client';

/**
 * Makes connections that wait for jobs and events leave a former master as soon as the one for commands has found
 * the new one. By themselves they would notice only when their wait ends, or never, if that server is cut off.
 *
 * @param waiting read at each change
 */
export function followMaster(commands: RedisClient, waiting: Iterable<RedisClient>): void {
  commands.on('ready', () => {
    const master = addressOf(commands);
    for (const client of waiting) {
      if (client.status === 'ready' && addressOf(client) !== master) client.disconnect(true);
    }
  });
}

function addressOf(client: RedisClient): string | undefined {
  if (!('stream' in client)) return undefined;
  const { remoteAddress, remotePort } = client.stream;
  return `${remoteAddress} ${remotePort}`;
}
