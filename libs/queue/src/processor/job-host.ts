import { WorkerHost } from '@nestjs/bullmq';
import type { Job, Worker } from 'bullmq';
import type { JobContract, JobData, JobResult, JobReturn } from '../contract/job-contract';
import { type EndedChildren, hasChildren } from '../contract/job-children';
import { encodeResult } from '../contract/encode-json';
import { isNamedIn, isNewer, parseStored, versionOf } from '../contract/job-version';
import { findForbiddenInJson } from '../contract/forbidden-characters';
import { JobDataError } from '../contract/job-data.error';
import type { Parsed } from '../contract/parse-json';
import type { StandardSchema } from '../contract/standard-schema';
import { JobResultError } from '../contract/job-result.error';
import { reasonOf } from '../text/reason-of';
import { UnknownJobError } from '../contract/unknown-job.error';
import { AttemptAbort, type HasSignal } from '../attempt/attempt-abort';
import { AttemptTimeout, TIMEOUT_GRACE } from '../attempt/attempt-timeout';
import type { JobCancelledError } from '../attempt/job-cancelled.error';
import { endAttempt } from '../attempt/end-attempt';
import { decodeChildren, readChildren, type StoredChildren } from '../attempt/job-family';
import { RetryAfterError } from '../attempt/retry-after.error';
import { type KeyPauses, limitKeyOf } from '../contract/key-limits';
import { AttemptContext, type JobContext } from '../attempt/job-context';
import { contractOf } from './processor-metadata';
import { leaveNewerJob } from '../attempt/leave-newer-job';
import { RunningJobs } from '../attempt/running-jobs';
import { soloGate } from '../attempt/solo-gate';

const NO_CHILDREN: StoredChildren = Object.freeze({});

/**
 * The base class of a processor: validates each job against the contract, and passes it to `handle`.
 *
 * It is a `WorkerHost` of @nestjs/bullmq, so `@OnWorkerEvent` and `this.worker` are available.
 */
export abstract class JobHost<Contract extends JobContract> extends WorkerHost {
  /** For the worker, which requeues the jobs that do not finish before it stops. */
  readonly runningJobs = new RunningJobs(soloGate);

  /**
   * How long an attempt may continue after the abort signal of its timeout, or of a cancel, in milliseconds. Then
   * it fails, even if its handler has not ended.
   */
  protected readonly timeoutGrace: number = TIMEOUT_GRACE;

  private ownContract: Contract | undefined;

  /** The contract given to `@JobProcessor`. */
  protected get contract(): Contract {
    // Read from the metadata once, and not for each job. The decorator accepts only a class of its own contract.
    this.ownContract ??= contractOf(this.constructor) as Contract;
    return this.ownContract;
  }

  /**
   * Does the work of one attempt.
   *
   * A job runs at least once, so it may run again after its work is done: for example, when the process is
   * killed before BullMQ has stored the result. So the handler must be idempotent.
   *
   * @returns a value that the contract's `result` accepts.
   * @throws any error: the attempt has failed, and the job is retried while it has attempts left.
   *   `NonRetryableError` fails it permanently, `RetryAfterError` sets the delay of the retry, or holds back all
   *   jobs with the same key of the contract's `limit`.
   */
  abstract handle(
    context: JobContext<Contract>,
  ): JobReturn<Contract> | Promise<JobReturn<Contract>>;

  /**
   * Called by BullMQ. Declares no third parameter, because BullMQ would then create an abort signal for
   * each job: see {@link AttemptAbort}.
   *
   * @throws UnknownJobError if the job is not one of this contract.
   * @throws JobDataError if the job's data violates the contract.
   * @throws NewerJobError if the job is of a later version of the contract, and no newer worker has taken it.
   * @throws ChildFailedError if a child with the mode `fail` has not completed.
   * @throws JobResultError if the result does.
   * @throws JobTimeoutError if the attempt takes longer than the contract's `timeout`.
   * @throws JobCancelledError if the job is cancelled.
   */
  override process(job: Job, token?: string): Promise<JobResult<Contract>> {
    return this.processUntil(new AttemptAbort(), job, token);
  }

  /** {@link process}, with an abort controlled by the caller. */
  async processUntil(abort: AttemptAbort, job: Job, token?: string): Promise<JobResult<Contract>> {
    const limit = this.limitOf(job, abort);
    try {
      if (isNewer(job, this.contract)) {
        throw await leaveNewerJob(job, token, versionOf(job), this.contract);
      }
      return await this.runningJobs.run({ job, token, abort }, () =>
        hasChildren(this.contract)
          ? this.attemptWithChildren(limit, job, abort, token)
          : this.attemptUnderLimit(limit, job, abort, NO_CHILDREN),
      );
    } catch (error) {
      await this.holdKeyBack(job, error);
      throw endAttempt(job, error);
    }
  }

  /** If the error speaks for all jobs with the same key. */
  private async holdKeyBack(job: Job, error: unknown): Promise<void> {
    if (!(error instanceof RetryAfterError) || !error.wholeKey || error.delay === undefined) return;
    const key = limitKeyOf(job.opts);
    if (key === undefined) return;
    const worker: Worker & Partial<KeyPauses> = this.worker;
    try {
      await worker.pauseKey?.(key, error.delay);
    } catch (problem) {
      // This job is held back all the same, and the next of its key says the same again.
      worker.emit('error', problem instanceof Error ? problem : new Error(String(problem)));
    }
  }

  /** For the worker: cancels a job. @returns whether it runs here, and was not cancelled before */
  cancelAttempt(id: string, error: JobCancelledError): boolean {
    return this.runningJobs.cancel(id, error, this.timeoutGrace);
  }

  /** Runs one attempt, with its time limit if there is one. */
  protected attemptUnderLimit(
    limit: AttemptTimeout | undefined,
    job: Job,
    abort: AttemptAbort,
    children: StoredChildren,
  ): Promise<JobResult<Contract>> {
    const attempt = () => this.runAttempt(job, abort, children);
    return limit === undefined ? attempt() : limit.run(attempt);
  }

  /** Reads the children first, and waits for those that are open. Does not count towards the limit. */
  private async attemptWithChildren(
    limit: AttemptTimeout | undefined,
    job: Job,
    abort: AttemptAbort,
    token: string | undefined,
  ): Promise<JobResult<Contract>> {
    const children = await readChildren(job, this.contract, token);
    return this.attemptUnderLimit(limit, job, abort, children);
  }

  private limitOf(job: Job, abort: AttemptAbort): AttemptTimeout | undefined {
    const { name, timeout } = this.contract;
    if (timeout === undefined) return undefined;
    const { timeoutGrace: grace, wasKilled } = this;
    return new AttemptTimeout({ job: name, jobId: job.id ?? '', timeout, grace, wasKilled }, abort);
  }

  /** Whether an error means that the handler was killed. A handler in this process never is. */
  protected readonly wasKilled: (error: unknown) => boolean = () => false;

  /**
   * Runs one attempt without what the worker adds: time limit and requeueing. Called by {@link process},
   * and in a sandbox by the child.
   */
  async runAttempt(
    job: Job,
    abort: HasSignal,
    storedChildren: StoredChildren = NO_CHILDREN,
  ): Promise<JobResult<Contract>> {
    // Not by `contextOf` and `resultOf`: each call that is awaited costs every job.
    const { contract } = this;
    requireName(contract, job);
    const input = await parseStored(contract, job);
    const children = this.childrenOf(job, storedChildren);
    const context = this.contextFrom(
      job,
      input,
      children instanceof Promise ? await children : children,
      abort,
    );
    const returned = await this.handle(context);
    return storable(contract.name, job, await encodeResult(contract.result, returned));
  }

  /** For the worker: begins no wait for further jobs any more. An ordinary host never waits. */
  flush(): void {
    // Nothing is waited for.
  }

  /** @throws UnknownJobError, JobDataError */
  protected async contextOf(
    job: Job,
    abort: HasSignal,
    storedChildren: StoredChildren,
  ): Promise<JobContext<Contract>> {
    requireName(this.contract, job);
    const input = await parseStored(this.contract, job);
    return this.contextFrom(job, input, await this.childrenOf(job, storedChildren), abort);
  }

  private childrenOf(
    job: Job,
    stored: StoredChildren,
  ): EndedChildren<Contract> | Promise<EndedChildren<Contract>> {
    // Without children there is nothing to wait for: the cast is of an empty object.
    return hasChildren(this.contract)
      ? decodeChildren(job, this.contract, stored)
      : (NO_CHILDREN as EndedChildren<Contract>);
  }

  private contextFrom(
    job: Job,
    input: Parsed<Contract['data']>,
    children: EndedChildren<Contract>,
    abort: HasSignal,
  ): JobContext<Contract> {
    if (input.ok) return this.createContext(job, input.value, children, abort);
    throw JobDataError.stored(this.contract.name, job.id ?? '', input.problems);
  }

  /** @throws JobResultError */
  protected async resultOf(job: Job, returned: unknown): Promise<JobResult<Contract>> {
    const { name, result } = this.contract;
    return storable(name, job, await encodeResult(result, returned));
  }

  protected createContext(
    job: Job,
    data: JobData<Contract>,
    children: EndedChildren<Contract>,
    abort: HasSignal,
  ): JobContext<Contract> {
    return new AttemptContext<Contract>(job, data, children, abort, this.contract);
  }
}

function requireName(contract: JobContract, job: Job): void {
  if (isNamedIn(contract, job.name)) return;
  throw new UnknownJobError(contract.name, job.name, job.id ?? '');
}

/**
 * Refuses also a result that BullMQ would fail to store; BullMQ would retry the job for it.
 *
 * @throws JobResultError
 */
function storable(name: string, { id = '' }: Job, result: Parsed<StandardSchema>): unknown {
  if (!result.ok) throw new JobResultError(name, id, result.problems);
  let json: string;
  try {
    json = JSON.stringify(result.value ?? null);
  } catch (error) {
    const problem = `it cannot be written as JSON (${reasonOf(error)})`;
    throw new JobResultError(name, id, [{ field: '', problem }]);
  }
  const problems = findForbiddenInJson(json);
  if (problems.length > 0) throw new JobResultError(name, id, problems);
  return result.value;
}
