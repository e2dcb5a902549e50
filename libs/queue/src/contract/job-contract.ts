/*
 * Glossary of this library.
 *
 * job         one unit of work: a name, data, and what became of it. It lives in a queue.
 * contract    what both ends of a job agree on: its name, the schema of its data, the schema of its
 *             result, and its options. Made by `defineJob`; typed as `JobContract`.
 * queue       where the jobs of one contract wait. It has the contract's name: one queue a job.
 * producer    adds jobs to a queue. Injected with `@InjectJob`; typed as `JobProducer`.
 * processor   the class that does the work of one contract: `@JobProcessor` on a `JobHost`.
 * worker      fetches the jobs of one queue and hands them to the processor; BullMQ's `Worker`. Also
 *             the process that runs workers and nothing else.
 * registry    the list of a worker process's processors, by name, each loaded when it is selected.
 * store       the database that holds the queues; one `QueueStore` a process.
 * attempt     one run of a job; the first is attempt 1.
 * drain       to stop fetching jobs and let the running ones finish.
 * flow        a job (the parent) that is added together with others (its children), and waits for them.
 */
import type { JobDeduplication } from './job-deduplication';
import type { JobLimit } from './job-limit';
import type { JobOptions } from './job-options';
import type { JobRetention } from './job-retention';
import type { ScheduleDefinition } from './job-schedule';
import type { SchemaOutput, StandardSchema } from './standard-schema';
import type { StoredOutput, TypedInput } from './typed-input';

/**
 * What the permanent failure of a child does to its parent:
 *
 * - `fail`: the parent fails as well, at once.
 * - `continue`: the parent runs when all children have ended, and is told which have failed, and why.
 * - `ignore`: the parent runs when all children have ended, and is not told of those that have failed.
 */
export type ChildFailureMode = 'fail' | 'continue' | 'ignore';

/** Children of one name: of which job they are, and what their failure does. */
export interface ChildJobs<
  Job extends JobContract = JobContract,
  Mode extends ChildFailureMode = ChildFailureMode,
> {
  readonly job: Job;
  /** @default fail */
  readonly onFailure: Mode;
}

/** The children of a contract, by name. */
export type JobChildren = Readonly<Record<string, ChildJobs>>;

/** The contract of a job. Make one with {@link defineJob}. */
export interface JobContract<
  Name extends string = string,
  Data extends StandardSchema = StandardSchema,
  Result extends StandardSchema = StandardSchema,
  Children extends JobChildren = JobChildren,
> {
  /** Name of the job and of its queue. */
  readonly name: Name;
  /** Schema of what a producer sends and the processor receives. */
  readonly data: Data;
  /** Of its data; goes up when a change would break jobs that are queued already. 1 by default. */
  readonly version: number;
  /**
   * Turns stored data of an earlier version into what `data` takes; `name` is the job's own, one of `accepts` or the contract's. By
   * default `data` has to take it as it is.
   */
  readonly upgrade?: (data: unknown, from: number, name: string) => unknown;
  /**
   * Names of jobs that its queue holds besides its own: those that plain BullMQ code adds to it, or has added. None by default: a job
   * with another name fails.
   */
  readonly accepts: readonly string[];
  /** Schema of what the processor returns. */
  readonly result: Result;
  /** Retries and delays, with defaults applied. */
  readonly options: JobOptions;
  /** How long its jobs are kept after they have finished, with defaults applied. */
  readonly keep: JobRetention;
  /**
   * How long one attempt may take, in milliseconds. Then its signal is aborted, and it fails with a
   * `JobTimeoutError`. Starting a sandbox does not count towards it. By default there is no limit.
   */
  readonly timeout?: number;
  /** Deduplication of its jobs. By default none: every job is added. */
  readonly dedupe?: JobDeduplication<SchemaOutput<Data>>;
  /** How many of its jobs with the same key may run. By default every job runs as soon as a worker is free. */
  readonly limit?: JobLimit<SchemaOutput<Data>>;
  /** When jobs are added by the workers themselves. By default never. */
  readonly schedules?: readonly ScheduleDefinition[];
  /**
   * Paths in its data that are not shown to people: `card.number`, `recipients.*.address`. Everything by default.
   */
  readonly redact?: readonly string[];
  /** The jobs that may be added with one of its jobs, which then waits for them. Empty by default. */
  readonly children: Children;
}

/**
 * What a producer passes to `add`: the input side of the contract's data schema or, where the schema has a codec,
 * the typed value.
 */
export type JobInput<Job extends JobContract> = TypedInput<Job['data']>;

/** What the processor receives: the output side of the data schema, with defaults and transforms applied. */
export type JobData<Job extends JobContract> = SchemaOutput<Job['data']>;

/** What the processor returns: the same of the contract's result schema. */
export type JobReturn<Job extends JobContract> = TypedInput<Job['result']>;

/** What is stored as the job's result, before JSON serialisation. */
export type JobResult<Job extends JobContract> = StoredOutput<Job['result']>;
