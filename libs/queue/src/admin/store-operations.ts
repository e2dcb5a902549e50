import type { Queue } from 'bullmq';
import { drainPostgres } from '../bullmq/postgres/postgres-drain';
import { postgresQueueCounts } from '../bullmq/postgres/postgres-queue-counts';
import type { DrainedState, QueueCounts } from '../bullmq/queue-counts';
import { drainRedis } from '../bullmq/redis/redis-drain';
import { redisQueueCounts } from '../bullmq/redis/redis-queue-counts';
import { wakePostgresWorkers, wakeRedisWorkers } from '../bullmq/redis/wake-workers';
import type { PostgresAccess, StoreAccess } from '../store/queue-store';
import { StoreRequiredError } from '../store/store-required.error';

const queryOf =
  (access: PostgresAccess) =>
  <Row>(text: string, parameters?: readonly unknown[]) =>
    access.query<Row>(text, parameters);

/** What these queues hold now. */
export async function readCounts(
  access: StoreAccess,
  queues: readonly string[],
): Promise<QueueCounts[]> {
  if (access.kind === 'memory') throw new StoreRequiredError('The status of queues');
  const now = Date.now();
  if (access.kind === 'postgres') return postgresQueueCounts(queryOf(access), queues, now);
  return Promise.all(
    queues.map((queue) =>
      access.run((client) => redisQueueCounts(client, queue, access.keyPrefixOf(queue), now)),
    ),
  );
}

/** Whether the store holds anything of a queue by this name: a job, or a setting. */
export async function isKnownQueue(access: StoreAccess, queue: string): Promise<boolean> {
  if (access.kind === 'memory') throw new StoreRequiredError('The load of queues');
  if (access.kind === 'postgres') {
    const [row] = await access.query<{ known: boolean }>(
      `SELECT EXISTS (SELECT FROM meta WHERE queue = $1) OR EXISTS (SELECT FROM job WHERE queue = $1) AS known`,
      [queue],
    );
    return row?.known ?? false;
  }
  const prefix = access.keyPrefixOf(queue);
  // `id` counts the jobs that were ever added.
  return access.run(async (client) => (await client.exists(`${prefix}meta`, `${prefix}id`)) > 0);
}

/** Removes jobs in these states. @returns how many */
export async function drainQueue(
  access: StoreAccess,
  queue: Queue,
  states: readonly DrainedState[],
): Promise<number> {
  if (access.kind === 'memory') throw new StoreRequiredError('Draining a queue');
  if (access.kind === 'postgres') return drainPostgres(queryOf(access), queue.name, states);
  const remove = async (id: string) => (await queue.remove(id, { removeChildren: false })) === 1;
  const prefix = access.keyPrefixOf(queue.name);
  return drainRedis({ run: (command) => access.run(command), prefix, remove }, states);
}

/** Lets idle workers of a queue fetch at once. */
export async function wakeWorkers(access: StoreAccess, queue: string): Promise<void> {
  // In memory, whatever may bring a job wakes its workers.
  if (access.kind === 'memory') return;
  return access.kind === 'postgres'
    ? wakePostgresWorkers(queryOf(access), queue)
    : access.run((client) => wakeRedisWorkers(client, access.keyPrefixOf(queue)));
}
