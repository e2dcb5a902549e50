import type { JobContract } from '../contract/job-contract';
import { MemoryQueueStore } from '../memory/memory-queue-store';
import type { MemoryQueues } from '../memory/memory-queues';
import { JobProducer } from '../producer/job-producer';
import { type AddedJob, addedJob } from './added-job';

const origins = new WeakMap<object, MemoryQueues>();

/** Remembers where a list is from, for the messages of matchers. */
export function noteAdded<List extends object>(list: List, queues: MemoryQueues): List {
  origins.set(list, queues);
  return list;
}

/** Jobs that were added, with the numbers of those in all queues of the test. */
export interface RecordedJobs {
  readonly jobs: readonly AddedJob[];
  readonly perQueue: ReadonlyMap<string, number>;
}

/** @returns undefined if the value is neither a list of added jobs nor a producer without a store */
export function recordedJobs(value: unknown): RecordedJobs | undefined {
  if (Array.isArray(value)) {
    const queues = origins.get(value);
    return queues && { jobs: value as AddedJob[], perQueue: countByQueue(queues) };
  }
  if (!(value instanceof JobProducer)) return undefined;
  const { job } = value as JobProducer<JobContract>;
  const store = storeOf(value);
  if (store === undefined) return undefined;
  const added = store.queues.added.filter(({ queue }) => queue === job.name);
  return {
    jobs: added.map((each) => addedJob(job, each)),
    perQueue: countByQueue(store.queues),
  };
}

/** Whether a producer adds to a real store, of which a matcher cannot know what was added. */
export function hasRealStore(value: unknown): boolean {
  return value instanceof JobProducer && storeOf(value) === undefined;
}

function storeOf(producer: object): MemoryQueueStore | undefined {
  const queue = Reflect.get(producer, 'queue') as { opts: { connection: unknown } };
  const { connection } = queue.opts;
  return connection instanceof MemoryQueueStore ? connection : undefined;
}

function countByQueue({ added }: MemoryQueues): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { queue } of added) counts.set(queue, (counts.get(queue) ?? 0) + 1);
  return counts;
}
