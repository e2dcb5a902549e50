import type { Job } from 'bullmq';
import type { HasSignal } from '../attempt/attempt-abort';
import { AttemptContext, JobContext } from '../attempt/job-context';
import type { TransactionManager } from '../connection/transaction-manager';
import type { EndedChildren } from '../contract/job-children';
import type { JobContract, JobData, JobReturn } from '../contract/job-contract';

/** Shows that a job was completed in a transaction: only {@link TransactionalJobContext.complete} makes one. */
export class JobCompletion<Contract extends JobContract> {
  /** What the handler returns to BullMQ, once the transaction is committed. */
  private readonly returned: JobReturn<Contract>;

  private constructor(returned: JobReturn<Contract>) {
    this.returned = returned;
  }

  static of<Contract extends JobContract>(returned: JobReturn<Contract>): JobCompletion<Contract> {
    return new JobCompletion(returned);
  }

  static returned<Contract extends JobContract>({
    returned,
  }: JobCompletion<Contract>): JobReturn<Contract> {
    return returned;
  }
}

/** What a `TransactionalJobHost` receives: the context of an attempt that it completes in a transaction of its own. */
export abstract class TransactionalJobContext<
  Contract extends JobContract,
> extends JobContext<Contract> {
  /**
   * Completes the job in the caller's transaction: its rows and the job's end are one commit. Call it as the last
   * statement, and commit at once: until then the row of the job is locked.
   *
   * After a rollback the job is not completed: the attempt fails, or goes on and completes in another transaction.
   *
   * @param manager of a transaction of the database that holds the queue, such as TypeORM's
   *   `dataSource.transaction(async (manager) => …)` passes to its callback, or `fromPrisma(tx)` makes of that of Prisma
   * @param result a value that the contract's `result` accepts
   * @returns what `handleAndComplete` must return, after the commit
   * @throws JobResultError if the contract does not accept the result.
   * @throws JobCompletionError if the job cannot be completed in this transaction, which must be rolled back then.
   */
  abstract readonly complete: (
    manager: TransactionManager,
    ...result: ResultArguments<Contract>
  ) => Promise<JobCompletion<Contract>>;
}

/** A contract without a result needs no argument for it. */
export type ResultArguments<Contract extends JobContract> =
  undefined extends JobReturn<Contract>
    ? [result?: JobReturn<Contract>]
    : [result: JobReturn<Contract>];

export class CommittingContext<Contract extends JobContract>
  extends AttemptContext<Contract>
  implements TransactionalJobContext<Contract>
{
  constructor(
    job: Job,
    data: JobData<Contract>,
    children: EndedChildren<Contract>,
    abort: HasSignal,
    contract: Pick<Contract, 'redact'>,
    private readonly completed: (
      manager: TransactionManager,
      returned: JobReturn<Contract>,
    ) => Promise<JobCompletion<Contract>>,
  ) {
    super(job, data, children, abort, contract);
  }

  readonly complete = (
    manager: TransactionManager,
    ...[result]: ResultArguments<Contract>
  ): Promise<JobCompletion<Contract>> => this.completed(manager, result as JobReturn<Contract>);
}
