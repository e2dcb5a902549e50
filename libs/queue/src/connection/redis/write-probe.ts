import type { RedisClient } from './redis-client';

/** Needs memory, a master, its disk and its replicas, as adding a job does. The key expires after a second. */
const PROBE = "return redis.call('SET', KEYS[1], '1', 'PX', 1000)";

/** Writes to the server, or to the node of each key. Rejects with the reason why nothing can be added. */
export async function probeWrites(client: RedisClient, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => client.eval(PROBE, 1, key)));
}
