export { type DrainOptions, type Operator, QueueAdmin } from './admin/queue-admin';
export { type QueueLoad, QueueLoads } from './admin/queue-loads';
export type { QueueStatus } from './admin/queue-status';
export { type LiveWorker, QueueWorkers, type WorkerQueue } from './admin/queue-workers';
export {
  SharedQueueStatus,
  type SharedStatus,
  type SharedStatusOptions,
} from './admin/shared-queue-status';
export { defineJob } from './contract/define-job';
export { FlowContractError } from './contract/job-children.error';
export type {
  ChildInput,
  ChildrenDefinition,
  ChildrenInput,
  CompletedChild,
  DefinedChildren,
  EndedChildren,
  FailedChild,
} from './contract/job-children';
export type { ChildFailureMode, ChildJobs, JobChildren } from './contract/job-contract';
export type { JobDeduplication } from './contract/job-deduplication';
export type { JobData, JobContract, JobInput, JobResult, JobReturn } from './contract/job-contract';
export type { AddOptions, JobBackoff, JobOptions } from './contract/job-options';
export type { JobRetention, KeepLimits } from './contract/job-retention';
export type {
  JobSchedule,
  JobSchedules,
  ScheduleDefinition,
  ScheduleRules,
  ScheduleTimes,
} from './contract/job-schedule';
export {
  type LastRun,
  type NextRun,
  type ScheduleQuery,
  Schedules,
  type ScheduleStatus,
} from './schedules/schedules';
export type { RunOutcome, SkipReason } from './schedules/schedule-state';
export { UnknownScheduleError } from './schedules/unknown-schedule.error';
export { InvalidScheduleError } from './contract/job-schedule.errors';
export type { ScheduledRun } from './contract/scheduled-run';
export type { FieldProblem } from './contract/parse-json';
export { EvictionPolicyError, RedisVersionError } from './connection/redis/redis-server.errors';
export { JobCancellation } from './cancel/job-cancellation';
export type { CancelOptions, CancelOutcome } from './cancel/cancel-outcome';
export type { DeadJob } from './dead/dead-job';
export {
  DeadJobs,
  type DeadJobsPage,
  type DeadJobsQuery,
  type RedriveOptions,
} from './dead/dead-jobs';
export { InvalidCursorError, JobNotDeadError, RedriveRefusedError } from './dead/dead-jobs.errors';
export type { FailedAttempt } from './attempt/failed-attempts';
export type { RedriveReport } from './dead/redrive-all';
export { InvalidJobNameError, ResultCodecError } from './contract/define-job.errors';
export { InvalidOptionError, JobOptionError } from './limits/invalid-option.errors';
export { InvalidRedisUrlError } from './connection/redis/invalid-redis-url.error';
export { JobDataError } from './contract/job-data.error';
export { JobResultError } from './contract/job-result.error';
export { OtherDatabaseError, TransactionRequiredError } from './connection/transaction.errors';
export { OutboxSchemaError } from './outbox/outbox-schema.error';
export { QueueAccessError } from './connection/queue-access.error';
export { QueueSchemaError } from './bullmq/postgres/queue-schema.error';
export { QueueError } from './errors/queue.error';
export { QueueFullError, QueueRefusingError } from './connection/queue-refusing.errors';
export { QueueUnreachableError } from './connection/queue-unreachable.error';
export {
  ReplicasUnsupportedError,
  type ReplicationProblem,
  TooFewReplicasError,
} from './connection/redis/replication.errors';
export { type LogFields, logFields } from './attempt/log-fields';
export { REDACTED, redactData, redactText } from './contract/redaction';
export { UnknownJobError } from './contract/unknown-job.error';
export { UnsupportedStoreError } from './store/unsupported-store.error';
export type { QueueModuleAsyncOptions } from './module/queue-core.module';
export type { QueueModuleOptions } from './options/queue-module-options';
export { SHUTDOWN_BUDGET, shutdownLimit, type ShutdownPhase } from './options/shutdown-budget';
export { QueueModule } from './module/queue.module';
export { QUEUE_CHANNELS } from './observe/channel.observer';
export type {
  AttemptFailed,
  AttemptStarted,
  ErrorReported,
  JobCancelled,
  JobCompleted,
  JobProgressed,
  JobRunsAlone,
  JobsAdded,
  JobsRequeued,
  LoopBlocked,
  ObservedJob,
  OutboxFailing,
  OutboxLate,
  OutboxPublished,
  OutboxRefused,
  ProcessCrashed,
  QueueEventMap,
  QueueOperated,
  QueueObserver,
  SandboxEnded,
  SandboxLost,
  SandboxReady,
  SandboxRefused,
  ScheduleSkipped,
  SchedulesChanged,
  SchedulesOnStandby,
  StoreBack,
  StoreLost,
} from './observe/queue-observer';
export { ApplicationOutbox } from './outbox/application-outbox';
export {
  migrateOutbox,
  outboxMigrationState,
  type OutboxMigrationState,
} from './outbox/migrate-outbox';
export type { OutboxLag } from './outbox/outbox';
export { getJobProducerToken, InjectJob } from './producer/inject-job.decorator';
export { JobProducer, type JobReference, type TransactionOptions } from './producer/job-producer';
export { type ChildCounts, hasEnded, type JobSnapshot, type JobState } from './queues/job-snapshot';
export { UnknownQueueError } from './queues/unknown-queue.error';
export { JobsReader } from './reader/jobs-reader';
export { FlowsUnsupportedError } from './store/flows-unsupported.error';
export {
  migrateQueueStore,
  queueMigrationState,
  type QueueMigrationState,
} from './store/migrate-queue-store';
export type { QueueStoreOptions } from './options/store-options';
export { type DrizzleTransaction, fromDrizzle } from './connection/postgres/from-drizzle';
export { fromKnex, type KnexTransaction } from './connection/postgres/from-knex';
export { fromPg, type PgTransaction } from './connection/postgres/from-pg';
export { fromPrisma, type PrismaTransaction } from './connection/postgres/from-prisma';
export { fromQuery } from './connection/postgres/from-query';
export type { TransactionManager } from './connection/transaction-manager';
