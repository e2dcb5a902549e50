export {
  DuplicateProcessorError,
  ProcessorMissingError,
  ProcessorNameMismatchError,
  UnknownProcessorError,
} from './processor/processor-registry.errors';
export { ChildFailedError } from './attempt/child-failed.error';
export { JobAbortedError } from './attempt/job-aborted.error';
export { JobCancelledError } from './attempt/job-cancelled.error';
export { JobCrashedError } from './attempt/job-crashed.error';
export { JobTimeoutError } from './attempt/job-timeout.error';
export { NewerJobError } from './attempt/newer-job.error';
export { NonRetryableError } from './errors/non-retryable.error';
export { RetryAfterError } from './attempt/retry-after.error';
export { MissingContractError } from './processor/missing-contract.error';
export { ScopedProcessorError } from './processor/scoped-processor.error';
export type { JobContext } from './attempt/job-context';
export { BatchHost, type BatchOutcome, type JobBatch } from './processor/batch-host';
export { BatchResultError } from './processor/batch-result.error';
export { type CompletionProblem, JobCompletionError } from './attempt/job-completion.error';
export { JobHost } from './processor/job-host';
export type { JobCompletion, TransactionalJobContext } from './processor/transactional-job-context';
export { TransactionalJobHost } from './processor/transactional-job-host';
export { TransactionalProcessorError } from './processor/transactional-processor.error';
export { JobProcessor, type JobProcessorOptions } from './processor/job-processor.decorator';
export type { BatchOptions } from './processor/processor-metadata';
export type { ProcessorClass } from './processor/processor-class';
export type { ProcessorRegistry, ProcessorSelection } from './processor/processor-registry';
export { QueueWorkerModule } from './module/queue-worker.module';
export { WorkersService } from './worker/workers.service';
export { IsolatedEventsError, SandboxMissingError } from './isolation/parent/with-sandboxes.errors';
export { SandboxAloneError } from './isolation/child/sandbox-alone.error';
export { SandboxCrashedError, SandboxStartError } from './isolation/parent/sandbox.errors';
export {
  SandboxedJobEndedError,
  SandboxedJobMethodError,
} from './isolation/wire/sandboxed-job-method.error';
export type { Isolation, IsolationKind, IsolationOptions } from './options/isolation-options';
export { runSandbox } from './isolation/child/run-sandbox';
export type { RunSandboxOptions } from './isolation/child/run-sandbox-options';
export type { SandboxEntry } from './isolation/parent/with-sandboxes';
