import type { Queue } from 'bullmq';
import type { JobData, JobContract, JobInput } from '../contract/job-contract';
import type { AddOptions } from '../contract/job-options';
import { encodeJson } from '../contract/encode-json';
import { JobDataError } from '../contract/job-data.error';
import type { AnyObserver } from '../observe/queue-observer';
import type { CancelOptions, CancelOutcome } from '../cancel/cancel-outcome';
import type { JobCanceller } from '../cancel/job-canceller';
import type { QueueStore } from '../store/queue-store';
import type { TransactionManager } from '../connection/transaction-manager';
import { addOptions } from './add-options';

/** Identifies an added job. */
export interface JobReference {
  readonly queue: string;
  readonly id: string;
  /** `true` if a duplicate already existed, and this refers to it: see the contract's `dedupe`. */
  readonly deduplicated?: true;
}

/** Makes a job part of a transaction. */
export interface TransactionOptions {
  /**
   * The manager of the caller's transaction, such as TypeORM's
   * `dataSource.transaction(async (manager) => …)` passes to its callback. The job then exists if and only
   * if that transaction commits, and no worker sees it before.
   */
  manager?: TransactionManager;
}

/** Adds the jobs of one contract to their queue, and cancels them. Injected with `@InjectJob`. */
export class JobProducer<Job extends JobContract> {
  constructor(
    readonly job: Job,
    private readonly queue: Queue,
    private readonly transactions: Pick<QueueStore, 'addInTransaction'>,
    private readonly observer: Pick<AnyObserver, 'jobsAdded'>,
    private readonly canceller: Pick<JobCanceller, 'cancel'>,
  ) {}

  /**
   * Adds a job. When the promise resolves, the job is stored and will run at least once; with a `manager`,
   * once its transaction has committed. If adding fails, that transaction can continue without the job.
   *
   * @param options override the contract's options, for this job only
   * @throws JobDataError if the data violates the contract; it lists every invalid field.
   * @throws JobOptionError if an option makes no sense or cannot be stored; it names the option and its rule.
   * @throws QueueUnreachableError if the store does not answer.
   * @throws TooFewReplicasError if too few replicas have the job (the option `replicas`).
   * @throws TransactionRequiredError if the manager is in no transaction.
   * @throws OtherDatabaseError if its transaction is not in the database that holds the queues.
   */
  async add(
    data: JobInput<Job>,
    { manager, ...options }: AddOptions & TransactionOptions = {},
  ): Promise<JobReference> {
    const encoded = await encodeJson(this.job.data, data);
    if (!encoded.ok) throw JobDataError.refused(this.job.name, encoded.problems);
    const { name } = this.job;
    const { json } = encoded;
    const opts = addOptions(this.job, encoded.value as JobData<Job>, options);
    if (manager === undefined) {
      const reference = this.reference(await this.queue.add(name, json, opts), opts);
      this.reportAdded([reference], false);
      return reference;
    }
    const entry = { name, data: json, opts };
    const [id] = await this.transactions.addInTransaction(manager, this.queue, [entry]);
    const reference = this.reference({ id }, opts);
    this.reportAdded([reference], true);
    return reference;
  }

  /**
   * Adds several jobs in one round trip: all of them, or none. For `manager` and its errors, see
   * {@link add}.
   *
   * @throws JobDataError if the data of any of them violates the contract; fields are named `[1].to`.
   * @throws JobOptionError if an option of any of them is not valid; it is named `[1].delay`.
   */
  async addBulk(
    jobs: readonly { data: JobInput<Job>; options?: AddOptions }[],
    { manager }: TransactionOptions = {},
  ): Promise<JobReference[]> {
    const { name } = this.job;
    const all = await Promise.all(jobs.map(({ data }) => encodeJson(this.job.data, data)));
    const problems = all.flatMap((encoded, index) =>
      encoded.ok
        ? []
        : encoded.problems.map(({ field, problem }) => ({
            field: fieldOfEntry(index, field),
            problem,
          })),
    );
    if (problems.length > 0) throw JobDataError.refused(name, problems);
    const entries = all.flatMap((encoded, index) => {
      if (!encoded.ok) return [];
      const value = encoded.value as JobData<Job>;
      const opts = addOptions(this.job, value, jobs[index]?.options, `[${index}].`);
      return [{ name, data: encoded.json, opts }];
    });
    const added =
      manager === undefined
        ? await this.queue.addBulk(entries)
        : (await this.transactions.addInTransaction(manager, this.queue, entries)).map((id) => ({
            id,
          }));
    const references = added.map((job, index) => this.reference(job, entries[index]?.opts));
    this.reportAdded(references, manager !== undefined);
    return references;
  }

  /**
   * Cancels a job. One that does not run ends at once, and never runs. One that runs, in whatever process, has its
   * abort signal within a second; this waits until it has ended, or for `wait`. Its state is `cancelled` then; it is not
   * retried, and not dead.
   *
   * @returns what became of it: the job may have ended meanwhile
   * @throws InvalidOptionError if the wait makes no sense.
   * @throws QueueUnreachableError if the store does not answer. Cancel again: it is safe to repeat.
   */
  cancel(id: string, options?: CancelOptions): Promise<CancelOutcome> {
    return this.canceller.cancel(this.queue, id, options);
  }

  /** Deduplicated jobs were not added. */
  private reportAdded(references: readonly JobReference[], inTransaction: boolean): void {
    const ids = references.filter((job) => job.deduplicated !== true).map(({ id }) => id);
    if (ids.length > 0) this.observer.jobsAdded({ queue: this.queue.name, ids, inTransaction });
  }

  // BullMQ types the id as optional, for jobs not stored yet; these are stored.
  private reference({ id = '' }: { id?: string }, opts: AddOptions = {}): JobReference {
    const reference = { queue: this.queue.name, id };
    const dropped = opts.deduplication !== undefined && id !== opts.jobId;
    return dropped ? { ...reference, deduplicated: true } : reference;
  }
}

function fieldOfEntry(index: number, field: string): string {
  return field === '' || field.startsWith('[') ? `[${index}]${field}` : `[${index}].${field}`;
}
