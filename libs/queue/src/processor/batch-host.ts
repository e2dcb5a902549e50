import type { Job } from 'bullmq';
import type { AttemptAbort, HasSignal } from '../attempt/attempt-abort';
import type { AttemptTimeout } from '../attempt/attempt-timeout';
import type { JobContext } from '../attempt/job-context';
import type { StoredChildren } from '../attempt/job-family';
import type { JobContract, JobResult, JobReturn } from '../contract/job-contract';
import { onAbort } from '../timing/on-abort';
import { BatchCollector, type RunningBatch } from './batch-collector';
import { BatchResultError } from './batch-result.error';
import { JobHost } from './job-host';
import { getProcessorMetadata } from './processor-metadata';

/** What has become of one job of a batch: its result, or why its attempt has failed. */
export type BatchOutcome<Contract extends JobContract> = JobReturn<Contract> | Error;

/** The jobs of a batch, in the order in which they were fetched: at least one. */
export type JobBatch<Contract extends JobContract> = readonly JobContext<Contract>[];

type Collector<Contract extends JobContract> = BatchCollector<
  JobContext<Contract>,
  BatchOutcome<Contract>
>;
type Running<Contract extends JobContract> = RunningBatch<
  JobContext<Contract>,
  BatchOutcome<Contract>
>;

/**
 * The base class of a processor that handles many jobs in one call. `@JobProcessor` needs its option `batch`:
 *
 *     @JobProcessor(rowJob, { batch: { size: 100, wait: 200 } })
 *     export class RowProcessor extends BatchHost<typeof rowJob> {
 *       async handleBatch(jobs: JobBatch<typeof rowJob>) {
 *         return this.rows.insert(jobs.map(({ data }) => data));
 *       }
 *     }
 *
 * Each job is one of its own: lock, attempts, abort signal, result, requeueing, status. The contract's `timeout`
 * counts from the begin of the batch.
 */
export abstract class BatchHost<Contract extends JobContract> extends JobHost<Contract> {
  private collected: Collector<Contract> | undefined;
  private readonly batches = new Map<
    Job,
    { batch: Running<Contract>; context: JobContext<Contract> }
  >();

  /**
   * Does the work of one attempt of each job. Jobs whose data is invalid have failed before.
   *
   * @param batch its `signal` is aborted when the signals of all its jobs are
   * @returns for each job, in the order of the jobs, a value that the contract's `result` accepts, or an `Error`:
   *   that job is retried while it has attempts left. `NonRetryableError` and `RetryAfterError` mean what they mean
   *   when `handle` throws them.
   * @throws any error: each job has failed with it.
   */
  abstract handleBatch(
    jobs: JobBatch<Contract>,
    batch: HasSignal,
  ): readonly BatchOutcome<Contract>[] | Promise<readonly BatchOutcome<Contract>[]>;

  /** A batch of one job. */
  override async handle(context: JobContext<Contract>): Promise<JobReturn<Contract>> {
    const [outcome] = await this.runBatch([context]);
    if (outcome instanceof Error) throw outcome;
    // As many outcomes as jobs.
    return outcome as JobReturn<Contract>;
  }

  override async processUntil(
    abort: AttemptAbort,
    job: Job,
    token?: string,
  ): Promise<JobResult<Contract>> {
    try {
      return await super.processUntil(abort, job, token);
    } finally {
      const { batch, context } = this.batches.get(job) ?? {};
      this.batches.delete(job);
      if (context !== undefined) batch?.leave(context);
    }
  }

  override flush(): void {
    this.collector.flush();
  }

  /** The time limit starts with the batch; the wait for other jobs does not count. */
  protected override async attemptUnderLimit(
    limit: AttemptTimeout | undefined,
    job: Job,
    abort: AttemptAbort,
    children: StoredChildren,
  ): Promise<JobResult<Contract>> {
    const context = await this.contextOf(job, abort, children);
    const batch = await this.collector.join(context, abort.signal);
    this.batches.set(job, { batch, context });
    const attempt = async () => {
      const outcome = await batch.outcomeOf(context);
      if (outcome instanceof Error) throw outcome;
      return this.resultOf(job, outcome);
    };
    return limit === undefined ? attempt() : limit.run(attempt);
  }

  private get collector(): Collector<Contract> {
    if (this.collected === undefined) {
      const { batch, concurrency = 1 } = getProcessorMetadata(this.constructor) ?? {};
      const limits = { size: batch?.size ?? 1, wait: batch?.wait ?? 0, concurrency };
      this.collected = new BatchCollector(limits, (contexts) => this.runBatch(contexts));
    }
    return this.collected;
  }

  private async runBatch(contexts: JobBatch<Contract>): Promise<readonly BatchOutcome<Contract>[]> {
    const abort = new BatchAbort(contexts);
    const outcomes: unknown = await this.handleBatch(contexts, abort);
    if (!Array.isArray(outcomes) || outcomes.length !== contexts.length) {
      throw new BatchResultError(this.contract.name, contexts.length, outcomes);
    }
    return outcomes as BatchOutcome<Contract>[];
  }
}

/** Aborted when all of these are. Created on first use, as the signal of an attempt is. */
class BatchAbort implements HasSignal {
  private controller: AbortController | undefined;

  constructor(private readonly attempts: readonly HasSignal[]) {}

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      const controller = new AbortController();
      this.controller = controller;
      let left = this.attempts.length;
      for (const { signal } of this.attempts) {
        onAbort(signal, (reason) => {
          left -= 1;
          if (left === 0) controller.abort(reason);
        });
      }
    }
    return this.controller.signal;
  }
}
