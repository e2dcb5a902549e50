import type { Queue } from 'bullmq';
import type { JobDefinition, JobInput } from '../contract/job-definition';
import type { AddOptions } from '../contract/job-options';
import { parse, throughJson, type FieldProblem } from '../contract/parse-json';
import { JobDataError } from '../errors/job-data.error';
import { reasonOf } from '../errors/reason-of';
import type { QueueStore } from '../store/queue-store';
import type { TransactionManager } from '../store/transaction-manager';

/** Where a job that was added can be found again. */
export interface JobReference {
  readonly queue: string;
  readonly id: string;
}

/** Makes a job part of a transaction. */
export interface TransactionOptions {
  /**
   * The manager of the caller's transaction, such as the one that TypeORM's
   * `dataSource.transaction(async (manager) => …)` gives to its function. The job then exists if and
   * only if that transaction commits, and no worker sees it before.
   */
  manager?: TransactionManager;
}

/** Adds the jobs of one contract to their queue. Injected with `@InjectJob`. */
export class JobProducer<Job extends JobDefinition> {
  constructor(
    readonly job: Job,
    private readonly queue: Queue,
    private readonly transactions: Pick<QueueStore, 'addInTransaction'>,
  ) {}

  /**
   * Adds a job. It is in the store when the promise resolves, and runs at least once after that;
   * with a `manager`, both are true once its transaction has committed. If adding it fails, that
   * transaction can go on without it.
   *
   * @param options over the contract's options, for this job only
   * @throws JobDataError if the data breaks the contract; it names every field that does.
   * @throws QueueUnreachableError if the store does not answer.
   * @throws TransactionRequiredError if the manager is in no transaction.
   * @throws OtherDatabaseError if its transaction is not one of the database that holds the queues.
   */
  async add(
    data: JobInput<Job>,
    { manager, ...options }: AddOptions & TransactionOptions = {},
  ): Promise<JobReference> {
    const problems = await this.problemsOf(data);
    if (problems.length > 0) throw JobDataError.refused(this.job.name, problems);
    if (manager === undefined) {
      return this.reference(await this.queue.add(this.job.name, data, options));
    }
    const entry = { name: this.job.name, data, opts: options };
    const [id] = await this.transactions.addInTransaction(manager, this.queue, [entry]);
    return this.reference({ id });
  }

  /**
   * Adds several jobs in one round trip: all of them, or none. A `manager` means, and throws, what it
   * does for {@link add}.
   *
   * @throws JobDataError if the data of any of them breaks the contract; fields are named `[1].to`.
   */
  async addBulk(
    jobs: readonly { data: JobInput<Job>; options?: AddOptions }[],
    { manager }: TransactionOptions = {},
  ): Promise<JobReference[]> {
    const checked = await Promise.all(jobs.map(({ data }) => this.problemsOf(data)));
    const problems = checked.flatMap((found, index) =>
      found.map(({ field, problem }) => ({ field: fieldOfEntry(index, field), problem })),
    );
    if (problems.length > 0) throw JobDataError.refused(this.job.name, problems);
    const entries = jobs.map(({ data, options }) => ({ name: this.job.name, data, opts: options }));
    if (manager === undefined) {
      return (await this.queue.addBulk(entries)).map((job) => this.reference(job));
    }
    const ids = await this.transactions.addInTransaction(manager, this.queue, entries);
    return ids.map((id) => this.reference({ id }));
  }

  // BullMQ types the id as optional for jobs that were not stored yet; these were.
  private reference({ id = '' }: { id?: string }): JobReference {
    return { queue: this.queue.name, id };
  }

  /** Parses what the worker will read, so that nothing is accepted here and refused there. */
  private async problemsOf(data: JobInput<Job>): Promise<readonly FieldProblem[]> {
    let stored: unknown;
    try {
      // BullMQ stores nothing at all as an empty object.
      stored = throughJson(data) ?? {};
    } catch (error) {
      return [{ field: '', problem: `it cannot be written as JSON (${reasonOf(error)})` }];
    }
    const parsed = await parse(this.job.data, stored);
    return parsed.ok ? [] : parsed.problems;
  }
}

function fieldOfEntry(index: number, field: string): string {
  return field === '' || field.startsWith('[') ? `[${index}]${field}` : `[${index}].${field}`;
}
