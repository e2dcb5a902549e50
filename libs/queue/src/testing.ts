export {
  runHandler,
  type HandledChildren,
  type HandledJob,
  type RunHandlerOptions,
} from './testing/run-handler';
export {
  startProcessor,
  type QueueHarness,
  type QueueHarnessOptions,
} from './testing/queue-harness';
export { QueueModule, type ForTestingOptions } from './testing/testing-queue.module';
export type { TestJobs } from './testing/test-jobs';
export type { AddedJob, EndedJob } from './testing/added-job';
export type { DrainOptions, DrainReport } from './testing/drain-options';
export { DrainFailedError, DrainStuckError, TestJobsError } from './testing/drain.errors';
export { queueMatchers, type EnqueuedOptions } from './testing/matchers';
export { StoreRequiredError } from './store/store-required.error';
