import { setTimeout as sleep } from 'node:timers/promises';
import type { IQueueBackend, Job, KeepJobs } from 'bullmq';
import { JobCompletionError, type CompletionProblem } from '../../attempt/job-completion.error';
import type { UnsuitedTransaction } from '../../connection/postgres/transactional-pool';
import type { TransactionManager } from '../../connection/transaction-manager';
import { AttemptJob } from './attempt-job';
import { POSTGRES_STATEMENTS } from '../internals';
import { isVerdict } from './kept-ends';

/** In milliseconds, between two questions whether a transaction has ended. */
const ASK_AGAIN = 20;

/** The database that holds the queue. */
export interface CommitStore {
  query<Row>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
  asPartOf<Answer>(
    transaction: TransactionManager,
    refuse: (reason: UnsuitedTransaction) => Error,
    run: () => Promise<Answer>,
  ): Promise<Answer>;
}

/** What the worker of an attempt does for it. */
export interface CommitWorker {
  /** Asks the store once: an end that is kept would be sent again, and the transaction is gone then. */
  readonly backend: Pick<IQueueBackend, 'moveToCompleted'>;
  /** Repeats a question until the store answers. */
  untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer>;
  /** Whether the lock is renewed from now on. */
  renew(job: Job, token: string, isRenewed: boolean): void;
  /** In milliseconds. */
  readonly lockDuration: number;
}

interface EndOfJob {
  readonly state: string;
  readonly finished_at_ms: string | null;
}

/**
 * The end of one job in a transaction of its handler:
 *
 *     running ──complete()──▶ in a transaction ──commit──▶ completed
 *        ▲                            │
 *        └──────────rollback──────────┘
 *
 * The statement checks the lock, so a worker that has lost it cannot commit. While the transaction holds the job's row,
 * the lock is not renewed: the renewal would wait for the row, and with it that of all other jobs of the worker. No other
 * worker can take the job meanwhile.
 *
 * Only the database knows whether a transaction was committed: the answer to a COMMIT may be lost, and a handler may
 * catch the error of a statement. So it is asked at the end of the attempt.
 */
export class OwnCommit {
  private isOver = false;
  /** The statement that is under way. */
  private sending: Promise<unknown> = Promise.resolve();
  /** When the job has ended, in milliseconds since 1970, if the latest transaction is committed. */
  private finishedOn: number | undefined;
  private runner: TransactionManager['queryRunner'];
  private watch: NodeJS.Timeout | undefined;

  constructor(
    private readonly job: Job,
    private readonly token: string,
    private readonly store: CommitStore,
    private readonly worker: CommitWorker,
  ) {}

  /**
   * Completes the job in a transaction.
   *
   * @throws JobCompletionError; the transaction can only be rolled back, unless it is another one's
   */
  async complete(manager: TransactionManager, result: unknown): Promise<void> {
    const isOther = this.runner !== undefined && this.runner !== manager.queryRunner;
    if (isOther && (await this.isOpen())) throw this.problem('twice');
    if (this.isOver) throw this.problem('ended');
    this.runner = manager.queryRunner;
    this.hold();
    const sending = this.store.asPartOf(
      manager,
      (reason) => this.problem(reason),
      () => this.send(result),
    );
    this.sending = sending.catch(() => undefined);
    try {
      const { finishedOn } = await sending;
      this.finishedOn = finishedOn;
    } catch (error) {
      throw isVerdict(error) ? this.problem('lost', { cause: error }) : error;
    }
  }

  /**
   * Ends the attempt. Whether the job is completed: a transaction that has not ended is waited for.
   *
   * @throws what the store throws, if it gives no answer until the worker is closed
   */
  async end(): Promise<boolean> {
    this.isOver = true;
    await this.sending;
    clearInterval(this.watch);
    if (this.finishedOn === undefined) return false;
    const isCommitted = await this.worker.untilAnswered(() => this.isCommitted());
    if (isCommitted) AttemptJob.commit(this.job, this.finishedOn);
    return isCommitted;
  }

  private send(result: unknown) {
    const { job, token } = this;
    // Undefined is for the worker's own; BullMQ's type lacks it.
    const keep = job.opts.removeOnComplete as KeepJobs;
    return this.worker.backend.moveToCompleted(job, result, keep, token, false);
  }

  /** Whether the transaction of the latest `complete` is open. Where only the database knows: whether it holds the row. */
  private async isOpen(): Promise<boolean> {
    if (this.runner === undefined) return false;
    const { isTransactionActive } = this.runner;
    if (isTransactionActive !== undefined) return isTransactionActive;
    await this.sending;
    return this.finishedOn !== undefined && (await this.isHeld());
  }

  private async isHeld(): Promise<boolean> {
    const { queueName, id = '' } = this.job;
    const [free] = await this.store.query(POSTGRES_STATEMENTS.endOfFreeJob, [queueName, id]);
    if (free !== undefined) return false;
    const [end] = await this.store.query(POSTGRES_STATEMENTS.endOfJob, [queueName, id]);
    // Removed with its end, if that is its option.
    return end !== undefined;
  }

  /** From now on the transaction may hold the row of the job. */
  private hold(): void {
    this.worker.renew(this.job, this.token, false);
    AttemptJob.guard(this.job, async () => {
      if (await this.isOpen()) throw this.problem('completed');
    });
    // A handler may go on after a rollback.
    this.watch ??= setInterval(() => {
      void this.renewAgain();
    }, this.worker.lockDuration / 4).unref();
  }

  private async renewAgain(): Promise<void> {
    // Asked again with the next turn, if it cannot be answered now.
    if (await this.isOpen().catch(() => true)) return;
    clearInterval(this.watch);
    this.watch = undefined;
    const isCommitted =
      this.finishedOn !== undefined && (await this.isCommitted().catch(() => true));
    if (isCommitted || (await this.isOpen().catch(() => true)) || this.isOver) return;
    this.worker.renew(this.job, this.token, true);
  }

  private async isCommitted(): Promise<boolean> {
    const { queueName, id = '' } = this.job;
    const ask = (statement: string) => this.store.query<EndOfJob>(statement, [queueName, id]);
    for (;;) {
      const [end] = await ask(POSTGRES_STATEMENTS.endOfJob);
      // Removed with its end, if that is its option.
      if (end === undefined || this.isOwn(end)) return true;
      const [free] = await ask(POSTGRES_STATEMENTS.endOfFreeJob);
      if (free !== undefined) return this.isOwn(free);
      await sleep(ASK_AGAIN);
    }
  }

  private isOwn({ state, finished_at_ms: finishedAt }: EndOfJob): boolean {
    return state === 'completed' && Number(finishedAt) === this.finishedOn;
  }

  private problem(problem: CompletionProblem, options?: ErrorOptions): JobCompletionError {
    return new JobCompletionError(this.job.name, this.job.id ?? '', problem, options);
  }
}
