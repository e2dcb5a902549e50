import { Logger } from '@nestjs/common';
import type { Job, JobProgress } from 'bullmq';
import type { EndedChildren } from '../contract/job-children';
import type { JobData, JobContract } from '../contract/job-contract';
import { replaceForbiddenCharacters } from '../contract/forbidden-characters';
import { redactText } from '../contract/redaction';
import { type ScheduledRun, scheduledRunOf } from '../contract/scheduled-run';
import { withFields } from '../observe/line-fields';
import type { HasSignal } from './attempt-abort';

/**
 * What a processor receives for one attempt of a job. Its functions can be destructured.
 *
 * A class, not an interface, so that TypeScript knows that `{ ...context }` has no `signal`.
 */
export abstract class JobContext<Contract extends JobContract> {
  /** The job's data, parsed with the contract's schema. */
  abstract readonly data: JobData<Contract>;
  /** 1 for the first attempt, 2 for the first retry. */
  abstract readonly attempt: number;
  /**
   * Aborted when the worker stops and the job has not finished by its deadline (the reason is a
   * `JobAbortedError`), at the contract's `timeout` (`JobTimeoutError`), when the job is cancelled
   * (`JobCancelledError`), and by `worker.cancelJob(id, reason)` in this process. Pass it to everything that
   * takes long: `fetch`, timers, a query loop.
   */
  abstract get signal(): AbortSignal;
  /** The schedule that has added the job, and the time that it is for; undefined for other jobs. */
  abstract get schedule(): ScheduledRun | undefined;
  /**
   * The children of the job, by their name in the contract, in the order in which they were added. All of them have
   * ended. Empty lists if it was added without.
   */
  abstract readonly children: EndedChildren<Contract>;
  /**
   * Appends a line to the job's log, which BullMQ's tools show, and writes it to the log of the process. The values
   * that the contract's `redact` names are replaced in both.
   */
  abstract readonly log: (line: string) => Promise<void>;
  /** Reports progress to subscribers of the job: a number, usually a percentage, or an object. */
  abstract readonly progress: (progress: JobProgress) => Promise<void>;
  /**
   * BullMQ's job: id, options, parent, and all of its methods. An isolated processor can call only the
   * methods that its worker forwards.
   */
  // Its result, which is not there yet, has no type: by a conditional type, TypeScript 5.9 takes contexts of two contracts for unrelated.
  abstract readonly job: Job<unknown, unknown>;
}

/**
 * The context of an attempt run by BullMQ. Its signal is created on first use, by a getter of the class: a
 * getter on an object literal doubled the cost of an attempt.
 */
export class AttemptContext<Contract extends JobContract> extends JobContext<Contract> {
  readonly attempt: number;
  readonly job: Job<unknown, unknown>;

  constructor(
    job: Job,
    readonly data: JobData<Contract>,
    readonly children: EndedChildren<Contract>,
    private readonly abort: HasSignal,
    private readonly contract: Pick<Contract, 'redact'>,
  ) {
    super();
    this.attempt = job.attemptsMade + 1;
    this.job = job;
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  get schedule(): ScheduledRun | undefined {
    return scheduledRunOf(this.job.id ?? '');
  }

  readonly log = async (line: string): Promise<void> => {
    const { queueName: queue, id: jobId = '', data } = this.job;
    const shown = redactText(this.contract, data, line);
    withFields({ queue, jobId, attempt: this.attempt }, () => {
      new Logger(queue).log(shown);
    });
    await this.job.log(replaceForbiddenCharacters(shown));
  };

  readonly progress = (progress: JobProgress): Promise<void> => this.job.updateProgress(progress);
}
