import { type Job, WaitingError } from 'bullmq';
import { endAttempt } from '../attempt/end-attempt';
import type { AttemptAbort, HasSignal } from '../attempt/attempt-abort';
import { JobCompletionError } from '../attempt/job-completion.error';
import type { JobContext } from '../attempt/job-context';
import type { CommitStore, OwnCommit } from '../bullmq/consume/own-commit';
import type { QueueWorker } from '../bullmq/consume/queue-worker';
import type { TransactionManager } from '../connection/transaction-manager';
import type { EndedChildren } from '../contract/job-children';
import type { JobContract, JobData, JobResult, JobReturn } from '../contract/job-contract';
import { JobHost } from './job-host';
import {
  CommittingContext,
  JobCompletion,
  type TransactionalJobContext,
} from './transactional-job-context';

/** The end of an attempt in a transaction. */
type Commit = Pick<OwnCommit, 'complete' | 'end'>;

interface Attempt<Contract extends JobContract> {
  readonly commit: Commit;
  /** Of the latest `complete`. */
  result: JobResult<Contract>;
}

/**
 * The base class of a processor that completes each job in a transaction of its own, in the database that holds the
 * queue: what it writes and the job's end are one commit, so the effect happens exactly once there.
 *
 *     @JobProcessor(paymentJob)
 *     export class PaymentProcessor extends TransactionalJobHost<typeof paymentJob> {
 *       handleAndComplete({ data, complete }: TransactionalJobContext<typeof paymentJob>) {
 *         return this.source.transaction(async (manager) => {
 *           await manager.increment(Account, { id: data.account }, 'balance', data.amount);
 *           return complete(manager, { amount: data.amount });
 *         });
 *       }
 *     }
 *
 * For queues in Postgres, and not for isolated processors: a worker with any other does not start. There a `JobHost`
 * with `ProcessedJobs` makes the effect happen once.
 */
export abstract class TransactionalJobHost<Contract extends JobContract> extends JobHost<Contract> {
  private readonly attempts = new WeakMap<Job, Attempt<Contract>>();
  private store: CommitStore | undefined;

  /** For the worker. @param store the database of the queues */
  commitTo(store: CommitStore): void {
    this.store = store;
  }

  /**
   * Does the work of one attempt, and completes the job. See {@link JobHost.handle} for what may be thrown.
   *
   * @returns what `complete` returned, after its transaction was committed
   */
  abstract handleAndComplete(
    context: TransactionalJobContext<Contract>,
  ): Promise<JobCompletion<Contract>>;

  override async handle(context: JobContext<Contract>): Promise<JobReturn<Contract>> {
    // Made by `createContext`.
    const completion = await this.handleAndComplete(context as TransactionalJobContext<Contract>);
    return JobCompletion.returned(completion);
  }

  /** @throws JobCompletionError if the transaction was not committed. */
  override async processUntil(
    abort: AttemptAbort,
    job: Job,
    token?: string,
  ): Promise<JobResult<Contract>> {
    const attempt: Attempt<Contract> = {
      commit: this.commitOf(job, token),
      result: undefined,
    };
    this.attempts.set(job, attempt);
    const failure: unknown = await super.processUntil(abort, job, token).then(
      () => new JobCompletionError(this.contract.name, job.id ?? '', 'not committed'),
      (error: unknown) => error,
    );
    if (await isCommitted(attempt.commit)) return attempt.result;
    throw endAttempt(job, failure);
  }

  protected override createContext(
    job: Job,
    data: JobData<Contract>,
    children: EndedChildren<Contract>,
    abort: HasSignal,
  ): TransactionalJobContext<Contract> {
    return new CommittingContext(job, data, children, abort, this.contract, (manager, returned) =>
      this.complete(job, manager, returned),
    );
  }

  private async complete(
    job: Job,
    manager: TransactionManager,
    returned: JobReturn<Contract>,
  ): Promise<JobCompletion<Contract>> {
    const { name } = this.contract;
    const attempt = this.attempts.get(job);
    if (attempt === undefined) throw new JobCompletionError(name, job.id ?? '', 'ended');
    const result = await this.resultOf(job, returned);
    await attempt.commit.complete(manager, result);
    attempt.result = result;
    return JobCompletion.of<Contract>(returned);
  }

  private commitOf(job: Job, token: string | undefined): Commit {
    if (this.store === undefined || token === undefined) return new UnitTestCommit(job);
    // Every worker of a host is one.
    return (this.worker as QueueWorker).ownCommit(job, token, this.store);
  }
}

/** Without an answer of the store, BullMQ must neither complete nor fail the job: its lock expires, or it has ended. */
async function isCommitted(commit: Commit): Promise<boolean> {
  try {
    return await commit.end();
  } catch {
    throw new WaitingError();
  }
}

/** Of a handler that is run without a queue (`runHandler`): what it completes in a transaction that has ended is done. */
class UnitTestCommit implements Commit {
  private manager: TransactionManager | undefined;

  constructor(private readonly job: Job) {}

  complete(manager: TransactionManager): Promise<void> {
    if (this.manager?.queryRunner?.isTransactionActive === true) {
      const { name, id = '' } = this.job;
      return Promise.reject(new JobCompletionError(name, id, 'twice'));
    }
    this.manager = manager;
    return Promise.resolve();
  }

  end(): Promise<boolean> {
    const { manager } = this;
    return Promise.resolve(
      manager !== undefined && manager.queryRunner?.isTransactionActive !== true,
    );
  }
}
