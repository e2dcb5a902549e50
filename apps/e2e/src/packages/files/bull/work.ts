import Bull from 'bull';
import type { Redis } from 'ioredis';

/** Without a server: the commands that Bull defines from the Lua files beside its code. */
export async function work(): Promise<string> {
  const queue = new Bull('sample', {
    redis: { host: '127.0.0.1', port: 9, lazyConnect: true, retryStrategy: () => null },
  });
  queue.on('error', () => undefined);
  const { client } = queue as unknown as { client: Redis & { moveToActive?: unknown } };
  const defined = typeof client.moveToActive;
  client.disconnect();
  await queue.close().catch(() => undefined);
  return `moveToActive is a ${defined}`;
}
