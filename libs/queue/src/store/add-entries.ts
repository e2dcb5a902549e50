import type { Queue } from 'bullmq';
import { addFlows } from './add-flows';
import type { JobEntry } from './queue-store';

/**
 * Adds jobs, with their children, to a queue: all of them or none.
 *
 * @returns the id of each, without those of its children
 */
export async function addEntries(queue: Queue, entries: readonly JobEntry[]): Promise<string[]> {
  if (entries.some(({ children }) => children !== undefined)) return addFlows(queue, entries);
  const [entry] = entries;
  const added =
    entry === undefined || entries.length > 1
      ? await queue.addBulk([...entries])
      : [await queue.add(entry.name, entry.data, entry.opts)];
  // BullMQ types the id as optional, for jobs not stored yet; these are stored.
  return added.map(({ id = '' }) => id);
}
