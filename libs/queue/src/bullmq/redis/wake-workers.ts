import type { RedisClient } from '../../connection/redis/redis-client';

type Query = <Row>(text: string, parameters?: readonly unknown[]) => Promise<Row[]>;

/** Lets idle workers of a queue in Postgres fetch at once. */
export async function wakePostgresWorkers(query: Query, queue: string): Promise<void> {
  await query("SELECT pg_notify('bullmq_jobs', $1)", [queue]);
}

/**
 * Lets an idle worker of a queue in Redis fetch at once; one that gets a job wakes the next.
 *
 * @param prefix what the keys of the queue begin with
 */
export async function wakeRedisWorkers(client: RedisClient, prefix: string): Promise<void> {
  await client.zadd(`${prefix}marker`, 0, '0');
}
