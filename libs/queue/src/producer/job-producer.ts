import type { Queue } from 'bullmq';
import type { JobData, JobContract, JobInput } from '../contract/job-contract';
import type { ChildrenOption } from '../contract/job-children';
import type { AddOptions } from '../contract/job-options';
import { encodeJson } from '../contract/encode-json';
import { JobDataError } from '../contract/job-data.error';
import type { AnyObserver } from '../observe/queue-observer';
import type { CancelOptions, CancelOutcome } from '../cancel/cancel-outcome';
import type { JobCanceller } from '../cancel/job-canceller';
import { addEntries } from '../store/add-entries';
import { addedByQueue } from '../store/add-flows';
import type { JobEntry, QueueStore } from '../store/queue-store';
import type { TransactionManager } from '../connection/transaction-manager';
import { addOptions } from './add-options';
import { ChildEntriesOf, type GivenChildren } from './child-entries';

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
   * `dataSource.transaction(async (manager) => …)` passes to its callback; of other libraries, what an adapter makes of
   * theirs, such as `fromPrisma(tx)`. The job then exists if and only if that transaction commits, and no worker sees it
   * before.
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
    /** The queues of its children. */
    private readonly queueOf: (job: JobContract) => Queue,
  ) {}

  /**
   * Adds a job. When the promise resolves, the job is stored and will run at least once; with a `manager`,
   * once its transaction has committed. If adding fails, that transaction can continue without the job.
   *
   * With `children`, the job and all of them are added at once, and the job waits until they have ended. Its id given,
   * and in the queue already, nothing is added.
   *
   * @param options override the contract's options, for this job only
   * @throws JobDataError if the data violates the contract; it lists every invalid field, such as
   *   `children.days[1].date`.
   * @throws JobOptionError if an option makes no sense or cannot be stored; it names the option and its rule.
   * @throws QueueUnreachableError if the store does not answer.
   * @throws TooFewReplicasError if too few replicas have the job (the option `replicas`).
   * @throws TransactionRequiredError if the manager is in no transaction.
   * @throws OtherDatabaseError if its transaction is not in the database that holds the queues.
   */
  async add(
    data: JobInput<Job>,
    { manager, children, ...options }: AddOptions & TransactionOptions & ChildrenOption<Job> = {},
  ): Promise<JobReference> {
    const { name } = this.job;
    const encoded = await encodeJson(this.job.data, data);
    // Each job would pay for what only those with children need.
    const below = children && new ChildEntriesOf(name, this.queueOf);
    const prepared = await below?.prepare(this.job, children, options);
    const problems = [...(encoded.ok ? [] : encoded.problems), ...(below?.problems ?? [])];
    if (!encoded.ok || problems.length > 0) throw JobDataError.refused(name, problems);
    const opts = addOptions(this.job, encoded.value as JobData<Job>, options);
    const entry = { name, data: encoded.json, opts, children: prepared };
    const [reference] = await this.addEntries([entry], manager);
    return reference as JobReference;
  }

  /**
   * Adds several jobs in one round trip: all of them, or none. For `manager` and its errors, see
   * {@link add}.
   *
   * @throws JobDataError if the data of any of them violates the contract; fields are named `[1].to`.
   * @throws JobOptionError if an option of any of them is not valid; it is named `[1].delay`.
   */
  async addBulk(
    jobs: readonly ({ data: JobInput<Job>; options?: AddOptions } & ChildrenOption<Job>)[],
    { manager }: TransactionOptions = {},
  ): Promise<JobReference[]> {
    const { name } = this.job;
    const below = new ChildEntriesOf(name, this.queueOf);
    const all = await Promise.all(
      jobs.map(async ({ data, options, children }, index) => ({
        encoded: await encodeJson(this.job.data, data),
        children:
          children &&
          (await below.prepare(this.job, children as GivenChildren, options, `[${index}].`)),
      })),
    );
    const problems = all.flatMap(({ encoded }, index) =>
      encoded.ok
        ? []
        : encoded.problems.map(({ field, problem }) => ({
            field: fieldOfEntry(index, field),
            problem,
          })),
    );
    problems.push(...below.problems);
    if (problems.length > 0) throw JobDataError.refused(name, problems);
    const entries = all.flatMap(({ encoded, children }, index) => {
      if (!encoded.ok) return [];
      const value = encoded.value as JobData<Job>;
      const opts = addOptions(this.job, value, jobs[index]?.options, `[${index}].`);
      return [{ name, data: encoded.json, opts, children }];
    });
    return this.addEntries(entries, manager);
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

  private async addEntries(
    entries: readonly (JobEntry & { readonly opts: AddOptions })[],
    manager: TransactionManager | undefined,
  ): Promise<JobReference[]> {
    const ids =
      manager === undefined
        ? await addEntries(this.queue, entries)
        : await this.transactions.addInTransaction(manager, this.queue, entries);
    const references = ids.map((id, index) => this.reference(id, entries[index]?.opts));
    // Deduplicated jobs were not added.
    const added = references.flatMap(({ id, deduplicated }, index) => {
      const entry = entries[index];
      return deduplicated === true || entry === undefined ? [] : [{ id, entry }];
    });
    const inTransaction = manager !== undefined;
    if (added.length === 0) return references;
    const isFlow = entries.some(({ children }) => children !== undefined);
    const byQueue = isFlow
      ? addedByQueue(this.queue.name, added)
      : [[this.queue.name, added.map(({ id }) => id)] as const];
    for (const [queue, all] of byQueue) {
      this.observer.jobsAdded({ queue, ids: all, inTransaction });
    }
    return references;
  }

  private reference(id: string, opts: AddOptions = {}): JobReference {
    const reference = { queue: this.queue.name, id };
    const dropped = opts.deduplication !== undefined && id !== opts.jobId;
    return dropped ? { ...reference, deduplicated: true } : reference;
  }
}

function fieldOfEntry(index: number, field: string): string {
  return field === '' || field.startsWith('[') ? `[${index}]${field}` : `[${index}].${field}`;
}
