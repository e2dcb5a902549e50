import type { IQueueBackend } from 'bullmq';
import { StoreRequiredError } from '../store/store-required.error';
import type { MemoryBackend } from './memory-backend';

/** What operators and BullMQ's own schedules ask of a store. */
const MISSING = [
  'addJobScheduler',
  'deleteDeduplicationKey',
  'drain',
  'forQueue',
  'getCountsPerPriority',
  'getDeduplicationJobId',
  'getJobScheduler',
  'getJobSchedulerData',
  'getJobSchedulersCount',
  'getJobSchedulersRange',
  'getMetrics',
  'isJobScheduler',
  'obliterate',
  'paginate',
  'promoteJobs',
  'publishEvent',
  'removeChildDependency',
  'removeDeduplicationKey',
  'removeDeprecatedPriorityKey',
  'removeJobScheduler',
  'removeOrphanedJobs',
  'removeUnprocessedChildren',
  'retryFinishedJobs',
  'updateJobSchedulerNextMillis',
] as const satisfies readonly (keyof IQueueBackend)[];

type MissingMethods = Pick<IQueueBackend, (typeof MISSING)[number]>;

/** The whole interface: with methods that reject for what is not in memory. */
export function completeBackend(backend: MemoryBackend): IQueueBackend {
  const refusing = Object.fromEntries(
    MISSING.map((name) => [
      name,
      () => Promise.reject(new StoreRequiredError(`BullMQ's "${name}"`)),
    ]),
  );
  // Their names are BullMQ's own, and none of them returns anything else than a promise.
  return Object.assign(backend, refusing as unknown as MissingMethods);
}
