/*
 * The words of this library.
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
 */
import type { z } from 'zod';
import type { JobDeduplication } from './job-deduplication';
import type { JobOptions } from './job-options';
import type { JobRetention } from './job-retention';

/** The contract of a job. Make one with {@link defineJob}. */
export interface JobContract<
  Name extends string = string,
  Data extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> {
  /** Names the job and its queue. */
  readonly name: Name;
  /** What a producer may send, and what the processor gets. */
  readonly data: Data;
  /** What the processor must return. */
  readonly result: Result;
  /** How its jobs are retried and delayed; the defaults are filled in. */
  readonly options: JobOptions;
  /** How long its jobs are kept after they have ended; the defaults are filled in. */
  readonly keep: JobRetention;
  /**
   * How long one attempt may take, in milliseconds. Then its signal is aborted, and it fails with a
   * `JobTimeoutError`. The start of a child that runs it does not count. By default as long as it takes.
   */
  readonly timeout?: number;
  /** Which of its jobs are added once. By default each is. */
  readonly dedupe?: JobDeduplication<z.output<Data>>;
}

/** What a producer passes to `add`: the input side of the contract's data schema. */
export type JobInput<Job extends JobContract> = z.input<Job['data']>;

/** What the processor gets: the output side of the data schema, defaults and transforms applied. */
export type JobData<Job extends JobContract> = z.output<Job['data']>;

/** What the processor returns: the input side of the contract's result schema. */
export type JobReturn<Job extends JobContract> = z.input<Job['result']>;

/** What is stored as the job's result, before it becomes JSON. */
export type JobResult<Job extends JobContract> = z.output<Job['result']>;
