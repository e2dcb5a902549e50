import type { JobProgress, JobsOptions } from 'bullmq';
import { isCancelled, reasonOfCancel } from '../attempt/job-cancelled.error';
import type { JobContract, JobData, JobResult } from '../contract/job-contract';
import type { MemoryJob } from '../memory/memory-job';

/** A job that was added in a test without a store. */
export interface AddedJob<Contract extends JobContract = JobContract> {
  readonly queue: Contract['name'];
  readonly id: string;
  /** As its processor receives it; as it is stored, if its schema is asynchronous. */
  readonly data: JobData<Contract>;
  /** As it is stored: JSON. */
  readonly stored: unknown;
  /** BullMQ's options of the job, with those of the contract. */
  readonly options: JobsOptions;
  /** By the clock of the test. */
  readonly addedAt: Date;
  /** The job that waits for it. */
  readonly parent: { readonly queue: string; readonly id: string } | undefined;
}

/** A job that has ended in a test without a store. */
export interface EndedJob<Contract extends JobContract = JobContract> extends AddedJob<Contract> {
  readonly state: 'completed' | 'failed' | 'cancelled';
  /** How many attempts were made. */
  readonly attempts: number;
  /** As it is stored; undefined unless the job is completed. */
  readonly result: JobResult<Contract> | undefined;
  /** Why it has failed, or was cancelled. */
  readonly failure: string | undefined;
  /** What was thrown, one for each attempt that has failed. */
  readonly errors: readonly Error[];
  /** What it logged. */
  readonly logs: readonly string[];
  /** Every progress report, in order. */
  readonly progress: readonly JobProgress[];
}

export function addedJob<Contract extends JobContract>(
  contract: Contract,
  { id, data, opts, timestamp, parent }: MemoryJob,
): AddedJob<Contract> {
  const stored: unknown = JSON.parse(data);
  return {
    queue: contract.name,
    id,
    data: parsed(contract, stored),
    stored,
    options: structuredClone(opts),
    addedAt: new Date(timestamp),
    parent: parent && { queue: parent.queueKey, id: parent.id ?? '' },
  };
}

export function endedJob<Contract extends JobContract>(
  contract: Contract,
  job: MemoryJob,
  errors: readonly Error[],
): EndedJob<Contract> {
  const { state, failedReason, attemptsMade, attemptsStarted } = job;
  const wasCancelled = state === 'failed' && isCancelled(failedReason);
  const failure = wasCancelled ? reasonOfCancel(failedReason ?? '') : failedReason;
  return {
    ...addedJob(contract, job),
    state: wasCancelled ? 'cancelled' : state === 'completed' ? 'completed' : 'failed',
    // BullMQ counts the end of a job as an attempt, also if it never began.
    attempts: wasCancelled ? Math.min(attemptsMade, attemptsStarted) : attemptsMade,
    result:
      state === 'completed' ? (JSON.parse(job.returnvalue) as JobResult<Contract>) : undefined,
    failure: state === 'completed' ? undefined : failure,
    errors,
    logs: [...job.logs],
    progress: [...job.reports],
  };
}

/** A job of a contract that is not known here. */
export function contractNamed(name: string): JobContract {
  const anything = { validate: (value: unknown) => ({ value }), vendor: '', version: 1 } as const;
  const schema = { '~standard': anything };
  return { name, data: schema, result: schema } as unknown as JobContract;
}

function parsed<Contract extends JobContract>({ data }: Contract, stored: unknown) {
  const result = data['~standard'].validate(stored);
  const isKnown = !(result instanceof Promise) && result.issues === undefined;
  return (isKnown ? result.value : stored) as JobData<Contract>;
}
