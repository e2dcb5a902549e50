export { defineJob } from './contract/define-job';
export type { JobDeduplication } from './contract/job-deduplication';
export type {
  JobData,
  JobDefinition,
  JobInput,
  JobResult,
  JobReturn,
} from './contract/job-definition';
export {
  DEFAULT_JOB_OPTIONS,
  type AddOptions,
  type JobBackoff,
  type JobOptions,
} from './contract/job-options';
export { DEFAULT_RETENTION, type JobRetention, type KeepLimits } from './contract/job-retention';
export type { FieldProblem } from './contract/parse-json';
export { EvictionPolicyError } from './errors/eviction-policy.error';
export type { DeadJob } from './dead/dead-job';
export {
  DeadJobs,
  type DeadJobsPage,
  type DeadJobsQuery,
  type RedriveOptions,
} from './dead/dead-jobs';
export { InvalidCursorError } from './dead/errors/invalid-cursor.error';
export { JobNotDeadError } from './dead/errors/job-not-dead.error';
export { RedriveRefusedError } from './dead/errors/redrive-refused.error';
export { UnknownQueueError } from './dead/errors/unknown-queue.error';
export type { FailedAttempt } from './dead/failed-attempts';
export type { RedriveReport } from './dead/redrive-all';
export { InvalidJobNameError } from './errors/invalid-job-name.error';
export { InvalidRedisUrlError } from './errors/invalid-redis-url.error';
export { InvalidTimeoutError } from './errors/invalid-timeout.error';
export { JobDataError } from './errors/job-data.error';
export { JobResultError } from './errors/job-result.error';
export { OtherDatabaseError } from './errors/other-database.error';
export { OutboxSchemaError } from './errors/outbox-schema.error';
export { QueueAccessError } from './errors/queue-access.error';
export { QueueSchemaError } from './errors/queue-schema.error';
export { QueueUnreachableError } from './errors/queue-unreachable.error';
export { RedisVersionError } from './errors/redis-version.error';
export { TransactionRequiredError } from './errors/transaction-required.error';
export { UnknownJobError } from './errors/unknown-job.error';
export { UnsupportedStoreError } from './errors/unsupported-store.error';
export type { QueueModuleAsyncOptions } from './module/queue-core.module';
export type { QueueModuleOptions } from './module/queue-module-options';
export { QueueModule } from './module/queue.module';
export { ApplicationOutbox } from './outbox/application-outbox';
export {
  migrateOutbox,
  outboxMigrationState,
  type OutboxMigrationState,
} from './outbox/migrate-outbox';
export type { OutboxLag } from './outbox/outbox';
export { getJobProducerToken, InjectJob } from './producer/inject-job.decorator';
export { JobProducer, type JobReference, type TransactionOptions } from './producer/job-producer';
export { hasEnded, type JobSnapshot, type JobState } from './reader/job-snapshot';
export { JobsReader } from './reader/jobs-reader';
export {
  migrateQueueStore,
  queueMigrationState,
  type QueueMigrationState,
} from './store/migrate-queue-store';
export { openQueueStore } from './store/open-queue-store';
export { QueueStore } from './store/queue-store';
export type { QueueStoreOptions } from './store/store-options';
export type { TransactionManager } from './store/transaction-manager';
