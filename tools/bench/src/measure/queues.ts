import { createPostgresBackend, Queue, withBackend } from 'bullmq';

/** A queue of BullMQ alone in the store at this URL. */
export function openQueue(name: string, url: string): Queue {
  if (!url.startsWith('postgres')) return new Queue(name, { connection: { url } });
  const PostgresQueue = withBackend(createPostgresBackend).Queue;
  return new PostgresQueue(name, { connection: url }) as unknown as Queue;
}

/** Jobs per round trip. */
const BULK = 1_000;

/** Adds jobs that have the name of their queue, and the same data. */
export async function fillQueue(queue: Queue, jobs: number, data: object): Promise<void> {
  const entry = { name: queue.name, data };
  for (let added = 0; added < jobs; added += BULK) {
    await queue.addBulk(Array.from({ length: Math.min(BULK, jobs - added) }, () => entry));
  }
}
